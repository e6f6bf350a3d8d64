/** The document with what stands between its two markers of that name replaced. Throws where it has none. */
export const withGenerated = (document: string, name: string, text: string): string => {
  const between = new RegExp(`(<!-- ${name}:[^>]* -->\n)(?:.*\n)*?(<!-- /${name} -->)`)
  if (!between.test(document)) throw new Error(`no markers for ${name}`)
  return document.replace(between, (_, before: string, after: string) => `${before}\n${text}\n${after}`)
}
