import { kubernetesService, settingOf } from '../setting.js'
import { type TlsFault, tlsFaults } from '../tls-fault.js'
import { hostNames } from '../values/hosts.js'
import { port } from '../values/numbers.js'
import { path } from '../values/texts.js'
import { oneOf } from '../values/words.js'

const setting = settingOf('TLS')

export const tlsSettings = {
  httpsPort: setting<number | undefined>({
    placeholder: '<number>',
    fallback: undefined,
    fallbackWords: 'none',
    foreign: kubernetesService,
    help: 'Port for HTTPS, in addition to HTTP; 0 selects a free port',
    parse: port
  }),
  tlsCert: setting<string | undefined>({
    placeholder: '<file>',
    fallback: undefined,
    fallbackWords: 'generated',
    help: 'Certificate chain in PEM; requires --tls-key',
    parse: path
  }),
  tlsKey: setting<string | undefined>({
    placeholder: '<file>',
    fallback: undefined,
    fallbackWords: 'generated',
    help: 'Private key of the certificate in PEM, without a passphrase',
    parse: path
  }),
  tlsNames: setting<readonly string[]>({
    placeholder: '<names>',
    fallback: [],
    fallbackWords: 'none',
    repeatable: true,
    help: "Subject names of the generated certificate, in addition to localhost, 127.0.0.1, ::1 and the machine's host name",
    parse: hostNames
  }),
  tlsDir: setting<string | undefined>({
    placeholder: '<folder>',
    fallback: undefined,
    fallbackWords: 'new at each start',
    help: 'Folder for the generated authority and certificate',
    parse: path
  }),
  tlsClientCa: setting<string | undefined>({
    placeholder: '<file>',
    fallback: undefined,
    fallbackWords: 'no client certificates',
    help: 'Authority in PEM; clients must present a certificate signed by it',
    parse: path
  }),
  tlsMin: setting({
    placeholder: '<version>',
    fallback: '1.2' as const,
    help: 'Minimum TLS version: 1.2 or 1.3',
    parse: oneOf('1.2', '1.3')
  }),
  tlsFault: setting<TlsFault | undefined>({
    placeholder: '<fault>',
    fallback: undefined,
    fallbackWords: 'none',
    help: 'Deliberate fault of the certificate: expired, wrong-host, self-signed or untrusted',
    parse: oneOf(...tlsFaults)
  })
}
