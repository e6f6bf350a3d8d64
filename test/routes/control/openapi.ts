import { Validator } from '@seriousme/openapi-schema-validator'
import t from 'tap'
import { endpoints } from '../../../routes/control/index.js'
import { createControlApp } from '../../../src/control/server.js'
import { clientOf, steered } from '../../support/control.js'
import { drivers } from '../../support/drivers.js'
import { products } from '../../support/known-products.js'

interface Described {
  readonly openapi: string
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, Scheme>>
    readonly schemas: Readonly<Record<string, Schema>>
  }
}

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<Record<string, Response>>
}

interface Response {
  readonly description: string
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content?: Readonly<Record<string, Media>>
}

interface Media {
  readonly schema: Schema
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
}

interface Schema {
  readonly $ref?: string
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, unknown>>
}

type Scheme =
  | { readonly type: 'http'; readonly scheme: 'bearer' | 'basic' }
  | { readonly type: 'apiKey'; in: string; name: string }

const descriptions = [
  '/openapi.json',
  ...products.flatMap(({ name }) => ['', '?aliases=true'].map(query => `/products/${name}/openapi.json${query}`))
]

const validator = new Validator()

for (const path of descriptions)
  t.test(`${path} is valid OpenAPI 3.1, and every operation has a unique name`, async t => {
    const { ask } = steered()
    const described = (await ask(`GET ${path}`)).body as unknown as Described
    const { valid, errors } = await validator.validate(JSON.parse(JSON.stringify(described)))
    t.ok(valid, JSON.stringify(errors))
    t.equal(described.openapi, '3.1.0')
    const ids = Object.values(described.paths).flatMap(path => Object.values(path).map(each => each.operationId))
    t.equal(new Set(ids).size, ids.length)
  })

t.test('the description has every route of the API, and no other', async t => {
  const { ask } = steered()
  const described = (await ask('GET /openapi.json')).body as unknown as Described
  const said = Object.entries(described.paths).flatMap(([path, each]) =>
    Object.keys(each).map(method => `${method.toUpperCase()} ${path}`)
  )
  t.strictSame(said.sort(), endpoints.map(({ method, path }) => `${method} ${path}`).sort())
  const context = { products, endpoints } as unknown as Parameters<typeof createControlApp>[0]['context']
  const control = createControlApp({ context, bodyLimit: 1 })
  await control.ready()
  const has = (method: string, path: string) =>
    control.hasRoute({ method: method as 'GET', url: `/__admin${path.replace(/\{(\w+)\}/g, ':$1')}` })
  for (const line of said) t.ok(has(...(line.split(' ') as [string, string])), line)
  const alive = endpoints.filter(each => each.open && each.method === 'GET').map(({ path }) => path)
  t.strictSame(
    alive,
    Object.keys(described.paths).filter(path => has('HEAD', path))
  )
  const routed = [...control.printRoutes().matchAll(/\(([A-Z, ]+)\)/g)].flatMap(([, methods = '']) =>
    methods.split(', ')
  )
  t.equal(routed.length, said.length + alive.length)
})

/** A client that knows the API by its description alone: a function for each operation, by its id. */
const generated = (described: Described, ask: ReturnType<typeof steered>['ask']) =>
  Object.fromEntries(
    Object.entries(described.paths).flatMap(([path, each]) =>
      Object.entries(each).map(([method, { operationId, parameters, requestBody }]) => [
        operationId,
        async (given: Readonly<Record<string, string>> = {}, body?: object) => {
          const unknown = Object.keys(given).find(name => !parameters.some(parameter => parameter.name === name))
          if (unknown) throw new Error(`${operationId} has no parameter ${unknown}`)
          if (body && !requestBody) throw new Error(`${operationId} takes no body`)
          const query = parameters.filter(({ name, in: where }) => where === 'query' && given[name] !== undefined)
          const search = new URLSearchParams(query.map(({ name }): [string, string] => [name, given[name] ?? '']))
          const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(given[name] ?? ''))
          return (await ask(`${method.toUpperCase()} ${filled}?${search}`, body)).body
        }
      ])
    )
  )

t.test('a generated client controls the server', async t => {
  const { ask, send } = steered()
  const client = generated((await ask('GET /openapi.json')).body as unknown as Described, ask)
  const call = (id: string, ...given: [Record<string, string>?, object?]) =>
    client[id]?.(...given) ?? t.fail(`there is no ${id}`)
  t.match(await call('getHealth'), { status: 'ok', state: 'Started' })
  t.match(await call('postSpaces', {}, { name: 'a' }), { name: 'a', requests: 0 })
  t.match(await call('putClock', { space: 'a' }, { action: 'freeze' }), { space: 'a', frozen: true })
  const opened = await call('postSessions', { space: 'a' }, { product: 'hcx', login: 'demo' })
  const hcx = clientOf('hcx')
  t.ok(hcx.succeeded(await send(hcx.use(String((opened as { token: string }).token)))))
  t.match(await call('getSessions', { space: 'a', product: 'hcx', limit: '1' }), { count: 1 })
  t.match(await call('getRequests', { space: 'a', outcome: 'success' }), { count: 1, requests: [{ product: 'hcx' }] })
  t.match(await call('postRequestsWait', { space: 'a' }, { login: 'demo', count: 1 }), { enough: true })
  t.match(await call('postVerify', { space: 'a' }, { requests: [{ product: 'hcx' }] }), { verified: true })
  t.match(await call('postHoldsNameRelease', { name: 'a gate/?' }), { status: 404, held: [] })
  t.match(await call('getVerdicts', { space: 'a' }), { passed: true })
  t.match(await call('deleteSpaces', { space: 'a' }), { dropped: ['a'] })
})

t.test('products are listed with operations and routes', async t => {
  const { ask } = steered({ fidelity: 'observed' })
  const { products: told } = (await ask('GET /products')).body as { products: Record<string, unknown>[] }
  t.strictSame(
    told.map(({ name, base, fidelity }) => ({ name, base, fidelity })),
    products.map(({ name, base }) => ({ name, base, fidelity: 'observed' }))
  )
  t.strictSame(told.find(({ name }) => name === 'hcx')?.operations, [
    { name: 'login', summary: 'Create a session', routes: [{ method: 'POST', path: '/api/admin/v1/sessions' }] },
    {
      name: 'session',
      summary: 'Get the current session',
      routes: [{ method: 'GET', path: '/api/admin/v1/sessions' }]
    },
    {
      name: 'logout',
      summary: 'Delete the current session',
      routes: [{ method: 'DELETE', path: '/api/admin/v1/sessions' }]
    }
  ])
})

t.test('an unknown product is refused with the known ones', async t => {
  const { ask } = steered()
  const told = await ask('GET /products/netbrian/openapi.json')
  t.equal(told.status, 404)
  t.match(told.body, { detail: /^There is no product "netbrian"; there are netbrain, / })
})

for (const { product } of drivers)
  t.test(`${product.title} behaves as described`, async t => {
    const { ask, send } = steered()
    const path = `GET /products/${product.name}/openapi.json?aliases=true`
    const described = (await ask(path)).body as unknown as Described
    const routes = product.operations.flatMap(({ routes }) => routes.map(([method, url]) => `${method} ${url}`))
    const said = Object.entries(described.paths).flatMap(([url, each]) =>
      Object.keys(each).map(method => `${method.toUpperCase()} ${url}`)
    )
    t.strictSame(said.sort(), routes.sort())
    const statuses = Object.values(described.paths).flatMap(each =>
      Object.values(each).map(({ responses }) => responses)
    )
    for (const each of statuses) t.ok(each['200'] && each['503'] && each['429'])
    await t.test('the token is read from the location of each security scheme', async t => {
      const token = String((await ask('POST /sessions', { product: product.name, login: 'demo' })).body.token)
      const { method, url } = clientOf(product.name).use(token)
      const schemes = Object.values(described.components.securitySchemes)
      const form =
        described.paths[url]?.[method.toLowerCase()]?.requestBody?.content['application/x-www-form-urlencoded']
      t.ok(schemes.length > 0 || form?.schema.required?.includes('session_key'), 'it is said where a token stands')
      for (const scheme of schemes) {
        if (scheme.type === 'http' && scheme.scheme === 'basic') continue
        const query = scheme.type === 'apiKey' && scheme.in === 'query' ? `?${scheme.name}=${token}` : ''
        const name = scheme.type === 'http' ? 'authorization' : scheme.name
        const headers = query === '' ? { [name]: scheme.type === 'http' ? `Bearer ${token}` : token } : {}
        const reply = await send({ method, url: `${url}${query}`, headers: { accept: 'application/json', ...headers } })
        t.equal(reply.statusCode, 200, JSON.stringify(scheme))
        t.notMatch(reply.body, 'Invalid token')
      }
    })
    await t.test('the schema of a login lists all its fields', async t => {
      const { method, url, headers, payload = '' } = clientOf(product.name).login()
      const { content } = described.paths[url]?.[method.toLowerCase()]?.requestBody ?? { content: {} }
      const type = headers?.['content-type'] ?? ''
      const fields = type.includes('json') ? JSON.parse(payload) : Object.fromEntries(new URLSearchParams(payload))
      const { schema = {} } = content[type] ?? {}
      const name = schema.$ref?.split('/').at(-1) ?? ''
      t.strictSame((described.components.schemas[name] ?? schema).required, Object.keys(fields))
    })
  })

t.test('without aliases, a description has only the published routes and names', async t => {
  const { ask } = steered()
  const told = (await ask('GET /products/cbrain/openapi.json')).body as unknown as Described
  t.strictSame(Object.keys(told.paths), ['/session'])
  const ids = Object.entries(told.paths['/session'] ?? {}).map(([method, each]) => [
    method,
    each.operationId,
    ...each.tags
  ])
  t.strictSame(ids.sort(), [
    ['delete', 'session_delete', 'Sessions'],
    ['get', 'session_get', 'Sessions'],
    ['post', 'session_post', 'Sessions']
  ])
  t.match(told.components.schemas, { SessionInfo: { properties: { user_id: { type: 'integer', format: 'int64' } } } })
  t.match(told.components.securitySchemes, {
    BrainPortalSession: { type: 'apiKey', in: 'query', name: 'cbrain_api_token' }
  })
  const hcx = (await ask('GET /products/hcx/openapi.json')).body as unknown as Described
  t.match(hcx.components.schemas, {
    SessionDeleteResponse: { properties: { time: { type: 'integer', format: 'int64' } } },
    SessionErrorResponse: {
      required: ['success', 'completed', 'time', 'version'],
      properties: { errorCode: { enum: { length: 5 } } }
    }
  })
  t.ok(hcx.paths['/api/admin/v1/sessions']?.post?.responses['200']?.headers?.['x-hm-authorization'])
})

/** A description with everything that is served, for this fidelity. */
const whole = async (product: string, fidelity: 'documented' | 'observed' = 'documented') => {
  const { ask } = steered({ fidelity })
  return (await ask(`GET /products/${product}/openapi.json?aliases=true`)).body as unknown as Described
}

for (const fidelity of ['documented', 'observed'] as const)
  t.test(`CBRAIN, ${fidelity}: a path with a format is served in that format only`, async t => {
    const { paths } = await whole('cbrain', fidelity)
    for (const [path, each] of Object.entries(paths)) {
      const [, format] = /\.(json|xml)$/.exec(path) ?? []
      if (!format) continue
      for (const { responses, parameters } of Object.values(each)) {
        const types = Object.values(responses).flatMap(({ content = {} }) => Object.keys(content))
        t.strictSame([...new Set(types)], each.head && types.length === 0 ? [] : [`application/${format}`], path)
        t.notOk(responses['302'], `${path} leads to no page`)
        t.notOk(parameters.some(parameter => parameter.in === 'query'))
      }
    }
    t.equal(Boolean(paths['/session']?.post?.responses['302']), fidelity === 'observed')
  })

t.test('CBRAIN: HEAD of the login pages needs no token, and no HEAD has a body', async t => {
  const { paths } = await whole('cbrain')
  for (const path of ['/login', '/session/new', '/login.json', '/session/new.xml']) {
    t.ok(
      paths[path]?.head?.security?.some(scheme => Object.keys(scheme).length === 0),
      path
    )
    t.notOk(paths[path]?.head?.responses['304'], path)
  }
  t.ok(paths['/session']?.head?.responses['304'])
  for (const each of Object.values(paths))
    for (const response of Object.values(each.head?.responses ?? {})) t.notOk(response.content)
})

t.test('CBRAIN: a token in a body is described with ?aliases=true, and is read', async t => {
  const { ask, send } = steered()
  const fieldsOf = ({ paths }: Described, method: string) =>
    Object.entries(paths['/session']?.[method]?.requestBody?.content ?? {}).map(([type, { schema }]) => [
      type,
      Object.keys(schema.properties ?? {}).join()
    ])
  const published = (await ask('GET /products/cbrain/openapi.json')).body as unknown as Described
  t.strictSame(fieldsOf(published, 'post')[0], ['application/x-www-form-urlencoded', 'login,password'])
  t.strictSame(fieldsOf(published, 'delete'), [])
  const described = await whole('cbrain')
  t.strictSame(fieldsOf(described, 'post')[0], ['application/x-www-form-urlencoded', 'login,password,cbrain_api_token'])
  const said = fieldsOf(described, 'delete')
  t.strictSame(
    said.map(([type]) => type),
    ['application/x-www-form-urlencoded', 'application/json', 'multipart/form-data']
  )
  const payloads: Record<string, (token: string) => string> = {
    'application/x-www-form-urlencoded': token => `cbrain_api_token=${token}`,
    'application/json': token => `{"cbrain_api_token":"${token}"}`,
    'multipart/form-data': token =>
      `--x\r\nContent-Disposition: form-data; name="cbrain_api_token"\r\n\r\n${token}\r\n--x--\r\n`
  }
  for (const [type = ''] of said) {
    const token = String((await ask('POST /sessions', { product: 'cbrain', login: 'demo' })).body.token)
    const headers = { 'content-type': type.startsWith('multipart') ? `${type}; boundary=x` : type }
    const request = { method: 'DELETE', url: '/session', headers, payload: payloads[type]?.(token) ?? '' } as const
    t.equal((await send(request)).statusCode, 200, type)
    t.equal((await send(request)).statusCode, 401, type)
  }
})

t.test('NetBrain: an OAuth2 token and its refusals have their own schemas', async t => {
  const { paths, components } = await whole('netbrain')
  const oauth = paths['/ServicesAPI/auth/oauth2/token']?.post
  t.strictSame(Object.keys(oauth?.requestBody?.content ?? {}), ['application/x-www-form-urlencoded'])
  const schemaOf = (status: number) => oauth?.responses[status]?.content?.['application/json']?.schema
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
  t.strictSame(schemaOf(200), ref('OAuthTokenResponse'))
  t.strictSame(schemaOf(400), { oneOf: [ref('OAuthErrorResponse'), ref('StatusResponse')] })
  t.strictSame(components.schemas.OAuthTokenResponse?.required, ['access_token', 'token_type', 'expires_in'])
})

t.test('NetBrain: each refusal of a tenant or domain is described where it is sent', async t => {
  const { paths } = await whole('netbrain')
  const codes = (path: string, method: string) => {
    const { examples = {} } = paths[path]?.[method]?.responses[400]?.content?.['application/json'] ?? {}
    return Object.values(examples).map(({ value }) => (value as { statusCode: number }).statusCode)
  }
  t.strictSame([...new Set(codes('/ServicesAPI/API/V1/Session/CurrentDomain', 'put'))], [791000, 791004, 791005])
  t.strictSame([...new Set(codes('/ServicesAPI/API/V1/CMDB/Domains', 'get'))], [791006, 791000])
})

t.test('headers are described: the token of HCX, applied preferences, and the condition of CBRAIN', async t => {
  const hcx = await whole('hcx')
  const { post } = hcx.paths['/api/admin/v1/sessions'] ?? {}
  t.match(post?.responses[200]?.headers?.['x-hm-authorization'], { required: true })
  for (const status of [200, 405, 503])
    t.match(post?.responses[status]?.headers?.['Preference-Applied'], { schema: { type: 'string' } }, `${status}`)
  const cbrain = await whole('cbrain', 'observed')
  const { get } = cbrain.paths['/session'] ?? {}
  t.match(get?.parameters, [{ name: 'format' }, { name: 'If-None-Match', in: 'header' }])
  t.strictSame(Object.keys(get?.responses[200]?.content ?? {}), ['application/json', 'application/xml'])
})

t.test('the example of a refusal equals the response of the product in this space', async t => {
  const { ask, send } = steered()
  const told = (await ask('GET /products/hcx/openapi.json')).body as unknown as Described
  const wordsOf = (described: Described, url: string, method: string, status: number, name: string) => {
    const [content] = Object.values(described.paths[url]?.[method]?.responses[status]?.content ?? {})
    return content?.examples?.[name]?.value
  }
  const path = '/api/admin/v1/sessions'
  const words = { success: false, completed: false, version: '1.0', errorCode: 'INVALID_SESSION_TOKEN' }
  t.match(wordsOf(told, path, 'get', 401, 'no-session'), {
    ...words,
    error: 'UserContext not found in SecurityContext'
  })
  t.match(wordsOf(told, path, 'delete', 401, 'no-session'), { ...words, error: 'No active session found' })
  t.equal(told.servers[0]?.url, '/')
  await ask('PUT /scenario?space=a', 'title: observed\nproducts: { videntity: { fidelity: observed } }')
  const observed = (await ask('GET /products/videntity/openapi.json?space=a')).body as unknown as Described
  t.equal(observed.servers[0]?.url, '/~a')
  const { content = {} } = observed.paths['/session/ping']?.post?.responses['200'] ?? {}
  t.strictSame(Object.keys(content), ['application/xhtml+xml'])
  t.match(wordsOf(observed, '/session/ping', 'post', 200, 'expired-session'), /<error_number>3<\/error_number>/)
  t.match(
    (await send({ method: 'POST', url: '/session/ping' })).body,
    '<api_tx_number>1</api_tx_number>',
    'nothing was counted'
  )
})
