# Vigie with its packages inside: starts without the network. Mount packs, contracts and vigie.yaml over what is in here.
#   docker build -t vigie . && docker run --rm -v "$PWD/deploy:/vigie/deploy:ro" vigie run --config deploy/vigie.yaml
FROM denoland/deno:2.9.6 AS packages
WORKDIR /vigie
COPY deno.json deno.lock main.ts ./
COPY commands commands
COPY engine engine
COPY sinks sinks
# Test files import packages that production does not need.
RUN find . -name '*_test.ts' -delete && deno cache --frozen main.ts $(find commands engine sinks -name 'run.ts')

FROM denoland/deno:2.9.6
WORKDIR /vigie
COPY --from=packages /deno-dir /deno-dir
COPY --from=packages /vigie .
COPY contracts contracts
COPY rules rules
# State of an embedded run lives under .vigie; production keeps its state in Redis.
RUN mkdir .vigie && chown deno:deno .vigie
USER deno
VOLUME /vigie/.vigie
ENV NO_COLOR=1 DENO_NO_UPDATE_CHECK=1
# Vigie saves a checkpoint and delivers what it can on SIGTERM; see `shutdown` in the deployment file.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD deno eval 'const r = await fetch("http://127.0.0.1:8080/healthz"); if (!r.ok) Deno.exit(1)'
ENTRYPOINT ["deno", "run", "--cached-only", "-A", "main.ts"]
CMD ["run"]
