import type { Endpoint } from '../../src/control/endpoint.js'
import { Problem } from '../../src/http/problem.js'

const ca: Endpoint = {
  method: 'GET',
  path: '/ca.pem',
  stateless: true,
  summary: 'Get the certificate of the generated authority (HTTPS)',
  answers: {
    200: { description: 'The certificate, in PEM.', type: 'application/x-pem-file', schema: { type: 'string' } },
    404: { description: 'There is no generated authority.' }
  },
  open: true,
  run: ({ context }) => {
    if (context.ca !== undefined)
      return { status: 200, headers: { 'Content-Type': 'application/x-pem-file' }, body: context.ca }
    throw new Problem(
      404,
      'There is no authority',
      'None was generated: HTTPS is disabled (--https-port enables it), or it uses a given certificate.'
    )
  }
}

export const caEndpoints = [ca]
