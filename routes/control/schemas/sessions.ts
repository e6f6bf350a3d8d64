import { endCauses } from '../../../src/session/sessions.js'
import { instant, natural, object, shortToken, text, texts } from '../schema-parts.js'

const opened = {
  ...natural,
  description: 'Its number among the sessions of its account, in the order of opening; absent if unknown.'
}

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
      opened,
      left: {
        type: 'number',
        description: 'Remaining seconds without further use, up to a scheduled end; absent if unlimited.'
      },
      expiresAt: { ...instant, description: 'Time of its end without further use.' },
      scheduled: {
        ...object({ cause: { enum: endCauses }, at: instant }, { by: text }),
        description: 'Its end at a later time, by a rule.'
      },
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
    { opened, by: { ...text, description: 'Cause of the end, such as request 7.' } }
  ),
  EndedSession: object({ space: text, product: text, login: text, token: shortToken })
} as const
