import { kubernetesService, settingOf } from '../setting.js'
import { address } from '../values/hosts.js'
import { port } from '../values/numbers.js'
import { listeners } from '../values/products.js'

const setting = settingOf('Listeners')

export const listenerSettings = {
  port: setting({
    placeholder: '<number>',
    fallback: 4100,
    alias: 'PORT',
    foreign: kubernetesService,
    help: 'Port of all products; 0 selects a free port',
    parse: port
  }),
  host: setting({
    placeholder: '<address>',
    fallback: 'localhost',
    help: 'Address to listen on; localhost is 127.0.0.1 and, with IPv6, ::1; 0.0.0.0 is every IPv4 address of the machine, :: every address',
    parse: address
  }),
  listen: setting({
    placeholder: '<product=port[@space]>',
    fallback: [],
    fallbackWords: 'none',
    repeatable: true,
    help: 'Additional port for one product; cbrain=3000@w4 selects the space w4',
    parse: listeners
  })
}
