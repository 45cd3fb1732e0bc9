/**
 * The scripts that Redis runs, as texts. Each is short and touches what it is told: none holds Redis for more than a
 * millisecond or two. Every one that writes looks at the claim first. Their first key is the task's `meta`.
 */

/** ARGV: owner, term, 1 to steal. Answers how long another still holds it (0: claimed), and then what is true. */
export const claim = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local meta = redis.call('HMGET', KEYS[1], 'format', 'epoch', 'owner', 'until', 'number', 'head', 'applied', 'dropping')
if meta[1] and meta[1] ~= '1' then return {-1, meta[1]} end
local held = tonumber(meta[4] or 0) - now
if held > 0 and meta[3] ~= ARGV[1] and ARGV[3] ~= '1' then return {held} end
local epoch = tonumber(meta[2] or 0) + 1
local till = string.format('%.0f', now + ARGV[2])
redis.call('HSET', KEYS[1], 'format', '1', 'epoch', epoch, 'owner', ARGV[1], 'until', till)
return {0, epoch, tonumber(meta[5] or 0), meta[6], tonumber(meta[7] or 0), meta[8]}
`;

/** ARGV: epoch, owner, term. Sets the claim's end, 0 for at once. Answers 1, or 0 when the claim is another's. */
export const extend = `
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'owner')
if meta[1] ~= ARGV[1] or meta[2] ~= ARGV[2] then return 0 end
local time = redis.call('TIME')
local till = tonumber(ARGV[3])
if till > 0 then till = till + time[1] * 1000 + math.floor(time[2] / 1000) end
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', till))
return 1
`;

/**
 * Makes a staged checkpoint true. KEYS[2]: its redo list. ARGV: epoch, owner, number, head, length of the list.
 * `behind`: the one before is not applied yet. `unstaged`: the list is not what was sent. `dropping`: a drop was cut off.
 */
export const commit = `
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'owner', 'number', 'writer', 'applied', 'dropping')
local number = tonumber(meta[3] or 0)
local length = tonumber(ARGV[5])
local answer = 'saved'
if tonumber(meta[1] or 0) < tonumber(ARGV[1]) then answer = 'unfollowed'
elseif meta[1] ~= ARGV[1] or meta[2] ~= ARGV[2] then answer = 'fenced'
elseif meta[6] then answer = 'dropping'
elseif number == tonumber(ARGV[3]) and meta[4] == ARGV[1] then answer = 'again'
elseif number + 1 ~= tonumber(ARGV[3]) then answer = 'unfollowed'
elseif tonumber(meta[5] or 0) ~= number then answer = 'behind'
elseif redis.call('LLEN', KEYS[2]) ~= length then answer = 'unstaged' end
if answer ~= 'saved' then
  redis.call('UNLINK', KEYS[2])
  return answer
end
redis.call('HSET', KEYS[1], 'number', ARGV[3], 'writer', ARGV[1], 'head', ARGV[4])
if length == 0 then redis.call('HSET', KEYS[1], 'applied', ARGV[3])
else
  redis.call('HSET', KEYS[1], 'redo', KEYS[2])
  redis.call('PERSIST', KEYS[2])
end
return answer
`;

/**
 * Applies the next chunk of the redo list. ARGV: epoch, owner, number, prefix. Answers how many elements are left, -1 when
 * the claim is another's or the number is not the true one. Taking the chunk off the list comes first: a script that has
 * written is not refused for want of memory in its middle.
 */
export const apply = `
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'owner', 'number', 'redo')
if meta[1] ~= ARGV[1] or meta[2] ~= ARGV[2] or meta[3] ~= ARGV[3] then return -1 end
if not meta[4] then return 0 end
local prefix = ARGV[4]
local outbox, tries, depths, timers = prefix .. 'outbox', prefix .. 'tries', prefix .. 'depths', prefix .. 'timers'
local each = {}
function each.state(chunk)
  for i = 1, #chunk, 3 do
    local name = prefix .. 'state:' .. chunk[i]
    if chunk[i + 2] == '' then redis.call('HDEL', name, chunk[i + 1])
    else redis.call('HSET', name, chunk[i + 1], chunk[i + 2]) end
  end
end
function each.timer(chunk)
  local last, add, remove = {}, {}, {}
  for i = 1, #chunk, 2 do last[chunk[i]] = chunk[i + 1] end
  for id, due in pairs(last) do
    if due == '' then remove[#remove + 1] = id
    else
      add[#add + 1] = due
      add[#add + 1] = id
    end
  end
  if #add > 0 then redis.call('ZADD', timers, unpack(add)) end
  if #remove > 0 then redis.call('ZREM', timers, unpack(remove)) end
end
function each.entry(chunk) redis.call('HSET', outbox, unpack(chunk)) end
function each.pend(chunk)
  for i = 1, #chunk, 2 do
    local lane, seq = chunk[i], chunk[i + 1]
    redis.call('ZADD', prefix .. 'lane:' .. lane, seq, seq)
    redis.call('HINCRBY', depths, lane, 1)
    redis.call('HINCRBY', outbox, seq .. ':open', 1)
  end
end
local function settle(lane, seq)
  if redis.call('ZREM', prefix .. 'lane:' .. lane, seq) == 0 then return end
  redis.call('HDEL', tries, seq .. ':' .. lane)
  if redis.call('HINCRBY', depths, lane, -1) == 0 then redis.call('HDEL', depths, lane) end
  if redis.call('HINCRBY', outbox, seq .. ':open', -1) == 0 then redis.call('HDEL', outbox, seq, seq .. ':open') end
end
function each.lane(chunk)
  for i = 1, #chunk, 3 do
    local lane, seq, text = chunk[i], chunk[i + 1], chunk[i + 2]
    if text == '' then settle(lane, seq)
    elseif redis.call('ZSCORE', prefix .. 'lane:' .. lane, seq) then redis.call('HSET', tries, seq .. ':' .. lane, text) end
  end
end
local kind, length = unpack(redis.call('LPOP', meta[4], 2))
each[kind](redis.call('LPOP', meta[4], length))
local left = redis.call('LLEN', meta[4])
if left == 0 then
  redis.call('HSET', KEYS[1], 'applied', ARGV[3])
  redis.call('HDEL', KEYS[1], 'redo')
end
return left
`;

/**
 * The first timers behind (due, id), which need not be there any more, with their times. KEYS[1]: the timers. ARGV: due,
 * id, how many. In one script, because a checkpoint between two commands takes timers away and moves the ranks of those
 * behind them. Bytes are compared one by one: Lua's own order of texts is that of the server's language.
 */
export const timersBehind = `
local function from(rank) return redis.call('ZRANGE', KEYS[1], rank, rank + ARGV[3] - 1, 'WITHSCORES') end
local score = redis.call('ZSCORE', KEYS[1], ARGV[2])
if score and tonumber(score) == tonumber(ARGV[1]) then return from(redis.call('ZRANK', KEYS[1], ARGV[2]) + 1) end
local function isBehind(id)
  for i = 1, math.min(#id, #ARGV[2]) do
    local a, b = string.byte(id, i), string.byte(ARGV[2], i)
    if a ~= b then return a > b end
  end
  return #id > #ARGV[2]
end
local low = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. ARGV[1])
local high = low + redis.call('ZCOUNT', KEYS[1], ARGV[1], ARGV[1])
while low < high do
  local middle = math.floor((low + high) / 2)
  if isBehind(redis.call('ZRANGE', KEYS[1], middle, middle)[1]) then high = middle else low = middle + 1 end
end
return from(low)
`;

/** Writes a text over the one expected. KEYS[1]: its name. ARGV: the one expected, the new one. */
export const putOver = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
`;

/** Begins to drop a task: from here on it has no checkpoint. ARGV: a random name of this attempt. */
export const beginDrop = `
redis.call('HSET', KEYS[1], 'format', '1', 'number', 0, 'writer', 0, 'applied', 0, 'dropping', ARGV[1])
redis.call('HDEL', KEYS[1], 'head', 'redo')
return 1
`;

/** Removes the keys behind the first while the drop is still this attempt's. ARGV: its name. Answers 0 when it is not. */
export const dropSome = `
if redis.call('HGET', KEYS[1], 'dropping') ~= ARGV[1] then return 0 end
for i = 2, #KEYS do redis.call('UNLINK', KEYS[i]) end
return 1
`;

/** Ends a drop. ARGV: the name of its attempt. */
export const endDrop = `
if redis.call('HGET', KEYS[1], 'dropping') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'dropping')
return 1
`;
