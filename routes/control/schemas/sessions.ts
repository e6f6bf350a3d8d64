import { endCauses } from '../../../src/session/sessions.js'
import { instant, natural, object, shortToken, text, texts } from '../schema-parts.js'

/** Open and ended sessions. */
export const sessionSchemas = {
  Session: object(
    {
      space: text,
      product: text,
      login: text,
      token: { ...text, description: 'Abbreviated, unless the server shows secrets or this request opened it.' },
      openedAt: { ...instant, description: 'By the clock of the space.' },
      usedAt: instant,
      uses: natural,
      age: { type: 'number', description: 'Seconds since the login.' }
    },
    {
      left: {
        type: 'number',
        description: 'Remaining seconds without further use; absent if unlimited.'
      },
      expiresAt: instant,
      data: { ...texts, description: 'Session data of the product, such as a working domain.' }
    }
  ),
  PastSession: object(
    {
      space: text,
      product: text,
      login: text,
      token: text,
      openedAt: instant,
      usedAt: instant,
      uses: natural,
      age: { type: 'number', description: 'Seconds since its login.' },
      endedAt: instant,
      cause: { enum: endCauses }
    },
    { by: { ...text, description: 'Cause of the end, such as request 7.' } }
  ),
  EndedSession: object({ space: text, product: text, login: text, token: shortToken })
} as const
