import t from 'tap'
import { noEngine } from '../support/engine-process.js'

// The same tests as of one server, against three that share a store, behind a load balancer.
process.env.TESTED_REPLICAS = '3'
if (noEngine) t.pass(`the tests of three replicas are ${noEngine}`, { skip: noEngine })
else await import('../shipped/black-box.js')
