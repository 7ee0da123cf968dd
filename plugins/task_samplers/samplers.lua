local episodes = require "episodes"

local samplers = {}

function samplers.uniform_classes(dataset, rng)
  local places = episodes.eligible(dataset)
  return episodes.of(dataset, episodes.draw(dataset, places, rng), rng)
end

--- Characters of one alphabet look alike, so that telling them apart is the hard task. Alphabets
--- with too few classes are never taken alone.
function samplers.similar_classes(options)
  return function(dataset, rng)
    local places = episodes.eligible(dataset)
    if rng:chance(options.share) then
      local large = {}
      for _, list in ipairs(episodes.by_alphabet(dataset, places)) do
        if #list >= dataset.ways then large[#large + 1] = list end
      end
      if #large > 0 then places = rng:choice(large) end
    end
    return episodes.of(dataset, episodes.draw(dataset, places, rng), rng)
  end
end

--- Opens alphabets in the order of the data set, always enough of them for an episode.
function samplers.alphabet_curriculum(options)
  return function(dataset, rng)
    local lists = episodes.by_alphabet(dataset, episodes.eligible(dataset))
    local done = math.min(1, dataset.progress.fraction / options.full_at)
    local open = math.ceil((options.start + (1 - options.start) * done) * #lists)
    local places = {}
    for number, list in ipairs(lists) do
      if number > open and #places >= dataset.ways then break end
      table.move(list, 1, #list, #places + 1, places)
    end
    return episodes.of(dataset, episodes.draw(dataset, places, rng), rng)
  end
end

--- Draws classes without repetition, each time one that is left with a weight of
--- exp(-accuracy / temperature). A class without any task yet counts as always misclassified,
--- so that all are tried. The largest sums of log weight and Gumbel noise are such a draw.
function samplers.hard_classes(options)
  return function(dataset, rng)
    local places = episodes.eligible(dataset)
    if not rng:chance(options.share) then
      return episodes.of(dataset, episodes.draw(dataset, places, rng), rng)
    end
    local noise, keys = rng:uniforms(#places), {}
    for index, place in ipairs(places) do
      local gumbel = -math.log(-math.log(math.max(noise[index], 1e-300)))
      keys[place] = gumbel - (dataset.accuracy[place] or 0) / options.temperature
    end
    table.sort(places, function(a, b)
      if keys[a] == keys[b] then return a < b end
      return keys[a] > keys[b]
    end)
    return episodes.of(dataset, table.move(places, 1, dataset.ways, 1, {}), rng)
  end
end

-- A place in a list of weights, each as likely as its weight.
local function weighted(weights, rng)
  local total = 0
  for _, weight in ipairs(weights) do total = total + weight end
  local left = rng:uniform() * total
  for place, weight in ipairs(weights) do
    left = left - weight
    if left < 0 then return place end
  end
  return #weights
end

--- Draws an alphabet by its weight, then one of its classes that are left, class after class.
function samplers.temperature(options)
  return function(dataset, rng)
    local lists = episodes.by_alphabet(dataset, episodes.eligible(dataset))
    local weights = {}
    for place, list in ipairs(lists) do weights[place] = (#list) ^ (1 / options.temperature) end
    local classes = {}
    for label = 1, dataset.ways do
      local family = weighted(weights, rng)
      local list = lists[family]
      classes[label] = table.remove(list, rng:integer(1, #list))
      if #list == 0 then
        table.remove(lists, family)
        table.remove(weights, family)
      end
    end
    return episodes.of(dataset, classes, rng)
  end
end

return samplers
