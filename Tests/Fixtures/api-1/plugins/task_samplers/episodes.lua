-- What every sampler needs: classes that are large enough, their alphabets, and examples.
local episodes = {}

--- The places in dataset.classes of classes with enough examples for an episode.
function episodes.eligible(dataset)
  local places = {}
  for place, class in ipairs(dataset.classes) do
    if class.examples >= dataset.shots + dataset.queries then places[#places + 1] = place end
  end
  if #places < dataset.ways then
    error(("an episode needs %d classes of at least %d examples; %q has %d"):format(
      dataset.ways, dataset.shots + dataset.queries, dataset.name, #places))
  end
  return places
end

--- The places by alphabet, as a list of lists in the order of the data set.
function episodes.by_alphabet(dataset, places)
  local lists, known = {}, {}
  for _, place in ipairs(places) do
    local alphabet = dataset.classes[place].alphabet
    if not known[alphabet] then
      known[alphabet] = {}
      lists[#lists + 1] = known[alphabet]
    end
    table.insert(known[alphabet], place)
  end
  return lists
end

--- As many different entries of a list as an episode has classes.
function episodes.draw(dataset, list, rng)
  local drawn = {}
  for label, place in ipairs(rng:sample(dataset.ways, #list)) do drawn[label] = list[place] end
  return drawn
end

--- The episode of some classes, with examples drawn alike.
function episodes.of(dataset, classes, rng)
  local episode = { classes = classes, support = {}, query = {} }
  local count = dataset.shots + dataset.queries
  for label, place in ipairs(classes) do
    local examples = rng:sample(count, dataset.classes[place].examples)
    episode.support[label] = table.move(examples, 1, dataset.shots, 1, {})
    episode.query[label] = table.move(examples, dataset.shots + 1, count, 1, {})
  end
  return episode
end

return episodes
