import { settingOf } from '../setting.js'
import { duration } from '../values/numbers.js'
import { type StoreAddress, storeUrl } from '../values/store-url.js'
import { keyPrefix, path } from '../values/texts.js'
import { trueOrFalse } from '../values/words.js'

const setting = settingOf('Store')

export const storeSettings = {
  store: setting<StoreAddress | undefined>({
    placeholder: '<url>',
    fallback: undefined,
    fallbackWords: 'the memory of this process',
    help: 'Share the spaces with other replicas through Valkey or Redis: redis://host:6379/0, rediss://, valkey://, valkeys:// or unix:///run/valkey.sock?db=0, with user and password where needed',
    secret: true,
    parse: storeUrl
  }),
  storePrefix: setting({
    placeholder: '<text>',
    fallback: 'session-mock',
    help: 'Prefix of all keys in the store; replicas with the same prefix share their spaces',
    parse: keyPrefix
  }),
  storeTtl: setting({
    placeholder: '<duration>',
    fallback: 86_400_000,
    fallbackWords: '24h',
    help: 'Idle time after which the store deletes a space; it is not a session timeout',
    parse: duration
  }),
  storeReset: setting({
    placeholder: '',
    fallback: false,
    fallbackWords: 'off',
    onOff: true,
    help: 'Remove everything under the prefix at the start',
    parse: trueOrFalse
  }),
  storeCa: setting<string | undefined>({
    placeholder: '<file>',
    fallback: undefined,
    fallbackWords: 'the authorities of Node.js',
    help: 'Authority in PEM that signed the certificate of the store, for rediss:// and valkeys://',
    parse: path
  })
}
