-- Progressive shrinking for cells: operations come from the first of a list that grows from the
-- largest one to all of them. Inputs are always free.
local shrinking = {}

-- The values of a choice from the largest operation to the smallest; nil for a choice whose options
-- are no operations of the list.
local function ranked(choice, order)
  local value = {}
  for place, name in ipairs(choice.options) do value[name] = place - 1 end
  local values = {}
  for _, name in ipairs(order) do
    if value[name] then values[#values + 1] = value[name] end
  end
  return #values > 0 and values or nil
end

function shrinking.sampler(options)
  return function(progress, rng)
    local path = progress.space:sample(rng)
    local done = math.min(1, progress.fraction / options.full_at)
    for gene, choice in ipairs(progress.space.choices) do
      local values = choice.name:find "operation" and ranked(choice, options.order)
      if values then
        local open = math.max(1, math.ceil(done * #values))
        path[gene] = values[rng:integer(1, open)]
      end
    end
    return path
  end
end

return shrinking
