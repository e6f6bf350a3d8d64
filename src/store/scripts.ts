/** What runs in the engine in one step. Each touches the keys of one hash tag. */
export interface Script {
  readonly keys: number
  readonly lua: string
}

/**
 * Keys of a space: log, meta, checkpoint. Meta has `id` (which world of that name it is), `seq` (the last input), `first` (the
 * first that the log still has), `at` (the time of the last), `bytes` (of the log) and `batch:<replica>` (the last batch of each).
 */
export const scripts = {
  /**
   * Appends inputs, once for each number of a batch, and gives those after a position. Arguments: id, position, replica, batch, time,
   * milliseconds to live, most inputs to give, channel, inputs. Answers `absent`, `other`, `trimmed`, `done` (the batch has been
   * appended before) or `ok`, with the last place before, the time, the inputs missed and the bytes of the log.
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
  /** Begins a space, where there is none; the answer is the id of the one that is there. Arguments: id, time, milliseconds to live, channel, first input. */
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
  /** Where a replica begins: id, first input, time and checkpoint; nothing where there is no such space. */
  load: {
    keys: 3,
    lua: `
local found = redis.call('HMGET', KEYS[2], 'id', 'first', 'at')
if not found[1] then return {} end
return {found[1], found[2], found[3], redis.call('GET', KEYS[3]) or ''}`
  },
  /**
   * Removes a space. Arguments: id, channel, and where it may only go when nobody has used it, the position up to which that is known
   * and the time before which the last input must have been. The answer is 1 where it is gone.
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
  /** Keeps a checkpoint and drops the inputs before it. Arguments: id, position, milliseconds to live, text. The answer is 1 where it is kept. */
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
   * Joins the others. Keys of the registry: meta, replicas, spaces. Arguments: version, settings, scenario, milliseconds to live, time.
   * The answer is what is there: version, settings, the scenario that it began with, and when.
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
   * Says that a replica is alive, and which spaces it has used. Arguments: replica, milliseconds to live, milliseconds after which
   * another is dead, names. The answer: whether the registry is still there, then the replicas that are alive.
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
  /** The scenario that new spaces begin with, and the names of all spaces, the one used longest ago first. */
  look: {
    keys: 3,
    lua: `
local names = redis.call('ZRANGE', KEYS[3], 0, -1)
table.insert(names, 1, redis.call('HGET', KEYS[1], 'scenario') or '')
return names`
  }
} as const satisfies Readonly<Record<string, Script>>

export type ScriptName = keyof typeof scripts
