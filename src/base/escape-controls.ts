/**
 * The text with control and format characters as JSON escapes, except line breaks and tabs: a terminal would obey them. JSON keeps its
 * meaning.
 */
export const escapeControls = (text: string): string =>
  text.replace(controls, found =>
    Array.from({ length: found.length }, (_, at) => escaped(found.charCodeAt(at))).join('')
  )

/** In the sets of Unicode for control, format, and separators of lines; not a line break or a tab. */
const controls = /(?![\n\t]|\r\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

const escaped = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`
