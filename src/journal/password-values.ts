import { bytesOf, textOf } from '../state/secrets.js'
import { decodings } from './decodings.js'
import { namedValues, passwordName } from './secret-fields.js'

/** The values of the password fields in a text, as written and decoded. */
export const passwordsIn = (text: string): string[] =>
  namedValues(text)
    .filter(({ name, from, to }) => from < to && passwordName.test(name))
    .slice(0, maxPasswords)
    .flatMap(({ from, to }) => plainValues(bareValue(text.slice(from, to))))

/** Limits the time for a text with many passwords; further ones are hidden only where they are. */
const maxPasswords = 20

const plainValues = (value: string): string[] =>
  decodings(bytesOf(value)).flatMap(({ text }) => {
    const plain = textOf(text)
    return plain.includes('+') ? [plain, plain.replaceAll('+', ' ')] : [plain]
  })

/** A value without the CDATA section around it. */
export const bareValue = (value: string): string => /^<!\[CDATA\[([\s\S]*?)(?:\]\]>)?$/.exec(value)?.[1] ?? value
