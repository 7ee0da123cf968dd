-- Factors of the outer learning rate. A schedule is asked at the start of each generation.
local rates = {}

-- From 1 down to `least` along half a cosine, for a fraction 0…1.
local function cosine(least, fraction)
  return least + (1 - least) * (1 + math.cos(math.pi * fraction)) / 2
end

-- How far the search is: its generations, as updates end with them.
local function fraction(progress)
  if progress.phase == "warm_up" then return 0 end
  if progress.phase ~= "search" then return 1 end
  return progress.generation / math.max(1, progress.generations)
end

function rates.cosine(options)
  return function(progress)
    return { outer_learning_rate_factor = cosine(options.least, fraction(progress)) }
  end
end

function rates.warm_restarts(options)
  -- The lengths of the cycles are 1, growth, growth², … of a unit; their sum is the search.
  local total = 0
  for cycle = 1, options.cycles do total = total + options.growth ^ (cycle - 1) end
  return function(progress)
    local left = fraction(progress) * total
    local length = 1
    for _ = 2, options.cycles do
      if left < length then break end
      left = left - length
      length = length * options.growth
    end
    return {
      outer_learning_rate_factor = cosine(options.least, math.min(1, left / length)),
    }
  end
end

--- Counted anew from the history each time, so that nothing is remembered between calls.
function rates.plateau(options)
  return function(progress)
    local factor, best, waiting = 1, nil, 0
    for _, objective in ipairs(progress.history) do
      if not best or objective < best - options.threshold * math.abs(best) then
        best, waiting = objective, 0
      else
        waiting = waiting + 1
        if waiting == options.patience then
          factor, waiting = factor * options.factor, 0
        end
      end
    end
    return { outer_learning_rate_factor = math.max(options.least, factor) }
  end
end

return rates
