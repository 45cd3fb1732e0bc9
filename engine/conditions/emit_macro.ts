/** Macros over lists as loops: each is a function beside the expression, so that an evaluation makes no closure. */
import type { Emitter } from "./emit.ts";
import type { Term } from "./term.ts";

type MacroTerm = Extract<Term, { readonly op: "macro" }>;

/** Code that calls the loop; it has the scope, the list and the variables around it as parameters. */
export function emitMacro(emitter: Emitter, term: MacroTerm): string {
  const outer = emitter.locals;
  const loop = emitter.define(["s", "list", ...outer], () => {
    emitter.locals = [...outer, term.variable];
    const source = loopSource(emitter, term);
    emitter.locals = outer;
    return source;
  });
  return emitter.strict([term.of], ([list]) => `${loop}(${["s", list, ...outer].join(", ")})`);
}

function loopSource(emitter: Emitter, term: MacroTerm): string {
  const head = `for (let i = 0; i < list.length; i++) {\nconst ${term.variable} = list[i];\n`;
  const body = emitter.value(term.body);
  switch (term.macro) {
    case "exists":
      return absorbing(head, body, "true");
    case "all":
      return absorbing(head, body, "false");
    case "exists_one":
      return `let n = 0;\n${head}const r = ${body};\nif (r == null) return undefined;\nif (r) n++;\n}\nreturn n === 1;`;
    case "filter":
      return collecting(head, body, `if (r) out.push(${term.variable});`);
    case "map": {
      const where = term.where === undefined
        ? ""
        : `const w = ${emitter.value(term.where)};\nif (w == null) return undefined;\nif (!w) continue;\n`;
      return collecting(`${head}${where}`, body, "out.push(r);");
    }
  }
}

/** One element that decides absorbs others without value, as in CEL. */
function absorbing(head: string, body: string, decided: "true" | "false"): string {
  const otherwise = decided === "true" ? "false" : "true";
  return `let known = true;\n${head}const r = ${body};\nif (r === ${decided}) return ${decided};\n` +
    `if (r == null) known = false;\n}\nreturn known ? ${otherwise} : undefined;`;
}

function collecting(head: string, body: string, take: string): string {
  return `const out = [];\n${head}const r = ${body};\nif (r == null) return undefined;\n${take}\n}\nreturn out;`;
}
