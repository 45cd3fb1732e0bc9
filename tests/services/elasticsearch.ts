/**
 * The bulk API of Elasticsearch for tests: checks each request as the reference describes it, keeps documents by id, and
 * answers item by item. It says what a real server (`opensearch.ts`) does not: which documents it refuses, and who asks.
 */

export interface BulkIndex {
  /** What is wrong with the form of a request; undefined when it is in order. */
  readonly fault: (path: string, contentType: string, body: string) => string | undefined;
  /** Carries a request out. */
  readonly run: (body: string) => Response;
  /** Documents by index, in the order of their creation. */
  readonly documents: ReadonlyMap<string, ReadonlyMap<string, Record<string, unknown>>>;
}

/** `refuse` gives the status and type of error of a document that does not fit; undefined to take it. */
export function bulkIndex(
  refuse: (document: Record<string, unknown>) => readonly [status: number, type: string] | undefined,
): BulkIndex {
  const documents = new Map<string, Map<string, Record<string, unknown>>>();
  const create = (index: string, id: string, document: Record<string, unknown>) => {
    const held = documents.get(index) ?? new Map<string, Record<string, unknown>>();
    documents.set(index, held);
    const [status, type] = refuse(document) ?? (held.has(id) ? [409, "version_conflict_engine_exception"] : [201]);
    if (status === 201) held.set(id, document);
    return { create: { status, ...(type === undefined ? {} : { error: { type, reason: "as told" } }) } };
  };
  return {
    documents,
    fault(path, contentType, body) {
      if (path !== "/_bulk") return `there is no ${path}`;
      if (contentType !== "application/x-ndjson") return `Content-Type header [${contentType}] is not supported`;
      if (!body.endsWith("\n")) return "The bulk request must be terminated by a newline [\\n]";
      return pairsOf(body).map(faultOf).find((fault) => fault !== undefined);
    },
    run(body) {
      const items = pairsOf(body).map(({ action, document }) =>
        create(action.create._index, action.create._id, document)
      );
      return Response.json({ errors: items.some((item) => item.create.status >= 300), items });
    },
  };
}

interface Pair {
  readonly action: { readonly create: { readonly _index: string; readonly _id: string } };
  readonly document: Record<string, unknown>;
}

function pairsOf(body: string): readonly Pair[] {
  const lines = body.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  return lines.filter((_, i) => i % 2 === 0).map((action, i) => ({ action, document: lines[i * 2 + 1] }));
}

function faultOf({ action, document }: Pair): string | undefined {
  const { _index: index = "", _id: id = "" } = action.create ?? {};
  if (Object.keys(action).join() !== "create") return "Malformed action/metadata line";
  if (document === undefined) return "an action without a document";
  if (index === "" || index !== index.toLowerCase() || /[\s\\/*?"<>|,#:]|^[-_+.]/.test(index)) {
    return `Invalid index name [${index}]`;
  }
  return id === "" || id.length > 512 ? `id [${id}] is too long or empty` : undefined;
}
