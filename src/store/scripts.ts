/** An atomic step in the engine. Each uses the keys of one hash tag. */
interface Script {
  readonly keys: number
  readonly lua: string
}

/**
 * Keys of a space: log, meta, checkpoint. Meta has `id` (new at each creation of the space), `seq` (the last input), `first` (the
 * first input in the log), `at` (the time of the last input), `bytes` (of the log) and `batch:<replica>` (the last batch of each).
 */
export const scripts = {
  /**
   * Appends inputs, once for each number of a batch, and returns the inputs after a position. Arguments: id, position, replica,
   * batch, time, milliseconds to live, maximum number of returned inputs, channel, inputs. Returns `absent`, `other`, `trimmed`, `done`
   * (the batch was appended before) or `ok`, with the last place before the batch, the time, the missed inputs and the bytes of the log.
   */
  append: {
    keys: 3,
    lua: `
local batch = 'batch:' .. ARGV[3]
local found = redis.call('HMGET', KEYS[2], 'id', 'seq', 'first', 'at', batch, 'bytes', 'renewed')
if not found[1] then return {'absent'} end
if found[1] ~= ARGV[1] then return {'other'} end
local seq, at, ttl = tonumber(found[2]), tonumber(found[4]), tonumber(ARGV[6])
local position = tonumber(ARGV[2])
if position < tonumber(found[3]) - 1 then return {'trimmed'} end
local missed = {}
if seq > position then
  missed = redis.call('XRANGE', KEYS[1], string.format('%.0f-0', position + 1), '+', 'COUNT', ARGV[7])
end
if #ARGV == 8 then return {'ok', seq, string.format('%.0f', at), missed, found[6]} end
if tonumber(ARGV[4]) <= tonumber(found[5] or '0') then return {'done', seq, string.format('%.0f', at), missed, found[6]} end
local before, bytes = seq, tonumber(found[6])
at = math.max(at, tonumber(ARGV[5]))
local time = string.format('%.0f', at)
for index = 9, #ARGV do
  seq = seq + 1
  bytes = bytes + #ARGV[index]
  redis.call('XADD', KEYS[1], string.format('%.0f-0', seq), 't', time, 'i', ARGV[index])
end
redis.call('HSET', KEYS[2], 'seq', string.format('%.0f', seq), 'at', time, 'bytes', bytes, batch, ARGV[4])
if at - tonumber(found[7]) > ttl / 20 then
  redis.call('HSET', KEYS[2], 'renewed', time)
  for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ttl) end
end
redis.call('PUBLISH', ARGV[8], 'input')
return {'ok', before, time, missed, tostring(bytes)}`
  },
  /** Creates a missing space, and returns the id of the present one. Arguments: id, time, milliseconds to live, channel, first input. */
  create: {
    keys: 3,
    lua: `
local found = redis.call('HGET', KEYS[2], 'id')
if found then return found end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
redis.call('HSET', KEYS[2], 'id', ARGV[1], 'seq', 1, 'first', 1, 'at', ARGV[2], 'bytes', #ARGV[5], 'renewed', ARGV[2])
redis.call('XADD', KEYS[1], '1-0', 't', ARGV[2], 'i', ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
redis.call('PUBLISH', ARGV[4], 'input')
return ARGV[1]`
  },
  /** Returns id, first input, time and checkpoint of a space; an empty list for a missing one. */
  load: {
    keys: 3,
    lua: `
local found = redis.call('HMGET', KEYS[2], 'id', 'first', 'at')
if not found[1] then return {} end
return {found[1], found[2], found[3], redis.call('GET', KEYS[3]) or ''}`
  },
  /**
   * Removes a space. Arguments: id, channel; to remove only an unused space also its last known position and the latest time of its
   * last input. Returns 1 for a removed space.
   */
  remove: {
    keys: 3,
    lua: `
local found = redis.call('HMGET', KEYS[2], 'id', 'seq', 'at')
if found[1] ~= ARGV[1] then return 0 end
if ARGV[3] and (found[2] ~= ARGV[3] or tonumber(found[3]) > tonumber(ARGV[4])) then return 0 end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
redis.call('PUBLISH', ARGV[2], 'gone')
return 1`
  },
  /** Stores a checkpoint and drops the inputs up to it. Arguments: id, position, milliseconds to live, text. Returns 1, or 0 if the log begins later. */
  checkpoint: {
    keys: 3,
    lua: `
local found = redis.call('HMGET', KEYS[2], 'id', 'first')
if found[1] ~= ARGV[1] or tonumber(ARGV[2]) < tonumber(found[2]) then return 0 end
redis.call('SET', KEYS[3], ARGV[4])
local first = string.format('%.0f', tonumber(ARGV[2]) + 1)
redis.call('XTRIM', KEYS[1], 'MINID', first .. '-0')
redis.call('HSET', KEYS[2], 'first', first, 'bytes', 0)
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[3]) end
return 1`
  },
  /**
   * Joins the other replicas. Keys of the registry: meta, replicas, spaces. Arguments: version, settings, scenario, milliseconds to
   * live, time. Returns version, settings, scenario and time of the first start.
   */
  register: {
    keys: 3,
    lua: `
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'version', ARGV[1], 'settings', ARGV[2], 'start', ARGV[3], 'scenario', ARGV[3], 'began', ARGV[5])
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return redis.call('HMGET', KEYS[1], 'version', 'settings', 'start', 'began')`
  },
  /**
   * Reports a replica as alive, with the spaces that it has used. Arguments: replica, milliseconds to live, milliseconds without a
   * heartbeat until a replica is dead, names. Returns 1 if the registry exists, or 0; then the living replicas.
   */
  beat: {
    keys: 3,
    lua: `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - tonumber(ARGV[3]))
for index = 4, #ARGV do redis.call('ZADD', KEYS[3], now, ARGV[index]) end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[2]) end
local alive = redis.call('ZRANGE', KEYS[2], 0, -1)
table.insert(alive, 1, tostring(redis.call('EXISTS', KEYS[1])))
return alive`
  },
  /** Returns the scenario of new spaces, and the names of all spaces, the longest idle first. */
  look: {
    keys: 3,
    lua: `
local names = redis.call('ZRANGE', KEYS[3], 0, -1)
table.insert(names, 1, redis.call('HGET', KEYS[1], 'scenario') or '')
return names`
  }
} as const satisfies Readonly<Record<string, Script>>

export type ScriptName = keyof typeof scripts

/** The command of a script. */
export const scriptCommand = <Name extends string>(script: Name) => `session-mock-${script}` as const
