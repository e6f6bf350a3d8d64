/** The texts of an array reply; numbers as texts, null as an empty text. An array in place of another reply is empty. */
export const textsOf = (reply: unknown): string[] => listOf(reply).map(item => (item === null ? '' : String(item)))

/** The items of an array reply; empty for another reply. */
export const listOf = (reply: unknown): readonly unknown[] => (Array.isArray(reply) ? reply : [])
