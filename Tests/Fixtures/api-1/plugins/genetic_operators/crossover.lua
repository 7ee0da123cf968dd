-- Crossovers over the parts of a genotype. Where genes depend on each other, single genes of two
-- parents may not fit together, so that every child is repaired by its space.
local parts = require "parts"

local crossover = {}

function crossover.biased_uniform(options)
  return function(a, b, rng, space)
    local child = a:copy()
    for _, part in ipairs(parts.of(space, options.granularity)) do
      if rng:chance(options.probability) then parts.take(child, b, part) end
    end
    return child:repair()
  end
end

function crossover.k_point(options)
  return function(a, b, rng, space)
    local child = a:copy()
    local all = parts.of(space, options.granularity)
    -- A cut lies behind a part, and none behind the last one.
    local count = math.min(options.points, #all - 1)
    local cut = {}
    for _, place in ipairs(rng:sample(count, #all - 1)) do cut[place] = true end
    local from_second = false
    for place, part in ipairs(all) do
      if from_second then parts.take(child, b, part) end
      if cut[place] then from_second = not from_second end
    end
    return child:repair()
  end
end

function crossover.segment_swap(options)
  return function(a, b, rng, space)
    local child = a:copy()
    local all = parts.of(space, options.granularity)
    local length = rng:integer(1, math.max(1, math.floor(options.longest * #all)))
    local first = rng:integer(1, #all - length + 1)
    for place = first, first + length - 1 do parts.take(child, b, all[place]) end
    return child:repair()
  end
end

return crossover
