/** The document with the text between its two markers of that name replaced. Throws without markers. */
export const withGenerated = (document: string, name: string, text: string): string => {
  const between = new RegExp(`(<!-- ${name}:[^>]* -->\n)(?:.*\n)*?(<!-- /${name} -->)`)
  if (!between.test(document)) throw new Error(`no markers for ${name}`)
  return document.replace(between, (_, before: string, after: string) => `${before}\n${text}\n${after}`)
}

/** The document with all generated parts replaced, each by the name of its markers. */
export const withAllGenerated = (document: string, parts: Readonly<Record<string, string>>): string =>
  Object.entries(parts).reduce((text, [name, part]) => withGenerated(text, name, part), document)
