/** Breaks the notes and the help of a problem into lines, at spaces and never inside of quoted text. */

/** Columns of a line with its margin; no narrower terminal is common, and longer lines are hard to read. */
const columnsMax = 110;

/** What is kept on one line: text in quotes or backticks that does not go on as a word, and words. */
const piece = /(?:`[^`]*`|"[^"]*"|(?<![^\s(:])'(?:[^']|'')*'|[^\s`"]|[`"])+/g;

/**
 * A text in lines of at most `columnsMax` columns less the width of what stands before it. Text between quotes stays
 * whole, so that it can be copied.
 */
export function wrapped(text: string, width: number): readonly string[] {
  const most = columnsMax - width;
  if (text.length <= most) return [text];
  const lines: string[] = [];
  let line = "";
  for (const [word] of text.matchAll(piece)) {
    if (line !== "" && line.length + 1 + word.length > most) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
