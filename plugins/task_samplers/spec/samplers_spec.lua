local testing = require "apogee.testing"
local samplers = require "samplers"

-- Three alphabets of 2, 6 and 12 classes.
local function dataset(fraction)
  local classes = {}
  for alphabet, count in ipairs { 2, 6, 12 } do
    for _ = 1, count do
      classes[#classes + 1] = {
        name = "character", alphabet = "alphabet" .. alphabet, rotation = 0, examples = 8,
      }
    end
  end
  return {
    name = "made up", classes = classes, ways = 4, shots = 1, queries = 3,
    progress = { fraction = fraction or 0 }, accuracy = {}, seen = {},
  }
end

local function alphabets(data, episode)
  local found, count = {}, 0
  for _, place in ipairs(episode.classes) do
    local name = data.classes[place].alphabet
    if not found[name] then
      found[name] = 0
      count = count + 1
    end
    found[name] = found[name] + 1
  end
  return found, count
end

describe("task samplers", function()
  it("give different classes and separate examples", function()
    local data = dataset()
    for seed = 1, 50 do
      local episode = samplers.uniform_classes(data, testing.rng(seed))
      local known = {}
      for label, place in ipairs(episode.classes) do
        expect(known[place]):to_be_nil()
        known[place] = true
        expect(episode.query[label]).never:to_contain(episode.support[label][1])
      end
    end
  end)

  it("similar_classes takes one alphabet that is large enough", function()
    local data = dataset()
    local sample = samplers.similar_classes { share = 1 }
    for seed = 1, 50 do
      local found, count = alphabets(data, sample(data, testing.rng(seed)))
      expect(count):to_equal(1)
      expect(found.alphabet1):to_be_nil()
    end
  end)

  it("alphabet_curriculum begins with the first alphabets and ends with all", function()
    local sample = samplers.alphabet_curriculum { start = 0.1, full_at = 0.5 }
    local late = 0
    for seed = 1, 50 do
      local early = alphabets(dataset(), sample(dataset(0), testing.rng(seed)))
      expect(early.alphabet3):to_be_nil()
      local found = alphabets(dataset(), sample(dataset(0.5), testing.rng(seed)))
      late = late + (found.alphabet3 or 0)
    end
    expect(late):to_be_above(50)
  end)

  it("hard_classes prefers misclassified classes, by its temperature", function()
    local counts = {}
    for _, temperature in ipairs { 0.25, 100 } do
      local data, sum = dataset(), 0
      -- The first ten classes are always classified correctly, the others never.
      for place = 1, #data.classes do data.accuracy[place] = place <= 10 and 1 or 0 end
      for seed = 1, 200 do
        local sample = samplers.hard_classes { temperature = temperature, share = 1 }
        for _, place in ipairs(sample(data, testing.rng(seed)).classes) do
          if place <= 10 then sum = sum + 1 end
        end
      end
      counts[#counts + 1] = sum
    end
    -- Of 800 classes: a weight of e^-4 against 1, and half of them in the limit.
    expect(counts[1]):to_be_between(5, 40)
    expect(counts[2]):to_be_between(340, 460)
  end)

  it("hard_classes tries a class that no task has had yet", function()
    local data, found = dataset(), {}
    for place = 1, #data.classes do data.accuracy[place] = 1 end
    data.accuracy[7] = nil
    local sample = samplers.hard_classes { temperature = 0.05, share = 1 }
    for seed = 1, 20 do
      local episode, known = sample(data, testing.rng(seed)), {}
      expect(episode.classes):to_contain(7)
      for _, place in ipairs(episode.classes) do
        expect(known[place]):to_be_nil()
        known[place] = true
      end
      found[seed] = episode.classes[1]
    end
    expect(found):to_have_length(20)
  end)

  it("hard_classes draws alike where it should not prefer", function()
    local data, sum = dataset(), 0
    for place = 1, #data.classes do data.accuracy[place] = place <= 10 and 1 or 0 end
    local sample = samplers.hard_classes { temperature = 0.05, share = 0 }
    for seed = 1, 200 do
      for _, place in ipairs(sample(data, testing.rng(seed)).classes) do
        if place <= 10 then sum = sum + 1 end
      end
    end
    expect(sum):to_be_between(340, 460)
  end)

  it("a high temperature draws small alphabets more often", function()
    local counts = {}
    for _, temperature in ipairs { 1, 1000 } do
      local data, sum = dataset(), 0
      data.ways = 1
      for seed = 1, 400 do
        local episode = samplers.temperature { temperature = temperature } (data, testing.rng(seed))
        sum = sum + (alphabets(data, episode).alphabet1 or 0)
      end
      counts[#counts + 1] = sum
    end
    -- A tenth of the classes at temperature 1, a third of the alphabets in the limit.
    expect(counts[1]):to_be_between(20, 65)
    expect(counts[2]):to_be_between(100, 167)
  end)

  it("say so when there are too few classes", function()
    local data = dataset()
    data.ways = 30
    expect(function() samplers.uniform_classes(data, testing.rng(1)) end)
      :to_fail("an episode needs 30 classes")
  end)
end)
