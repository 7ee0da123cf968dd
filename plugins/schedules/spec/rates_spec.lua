local rates = require "rates"

local function at(generation, more)
  local progress = { phase = "search", generation = generation, generations = 14, history = {} }
  for key, value in pairs(more or {}) do progress[key] = value end
  return progress
end

describe("cosine", function()
  local schedule = rates.cosine { least = 0.1 }

  it("begins at 1, is half way at the middle, and ends at the least", function()
    expect(schedule(at(0)).outer_learning_rate_factor):to_be_near(1)
    expect(schedule(at(7)).outer_learning_rate_factor):to_be_near(0.55)
    expect(schedule(at(14)).outer_learning_rate_factor):to_be_near(0.1)
    expect(schedule(at(0, { phase = "final" })).outer_learning_rate_factor):to_be_near(0.1)
  end)
end)

describe("warm_restarts", function()
  local schedule = rates.warm_restarts { least = 0, cycles = 3, growth = 2 }

  it("begins anew after 1, 3 and 7 of seven parts", function()
    for _, generation in ipairs { 0, 2, 6 } do
      expect(schedule(at(generation)).outer_learning_rate_factor):to_be_near(1)
    end
    expect(schedule(at(14)).outer_learning_rate_factor):to_be_near(0)
    expect(schedule(at(10)).outer_learning_rate_factor):to_be_near(0.5)
  end)
end)

describe("plateau", function()
  local schedule = rates.plateau { least = 0.1, factor = 0.5, patience = 2, threshold = 0 }

  local function factor(history)
    return schedule(at(#history, { history = history })).outer_learning_rate_factor
  end

  it("stays while the objective falls", function()
    expect(factor { 5, 4, 3, 2 }):to_equal(1)
  end)

  it("halves after each two generations without progress", function()
    expect(factor { 5, 5 }):to_equal(1)
    expect(factor { 5, 5, 6 }):to_equal(0.5)
    expect(factor { 5, 5, 6, 4, 4, 4 }):to_equal(0.25)
  end)

  it("never falls below the least", function()
    local history = {}
    for place = 1, 50 do history[place] = 1 end
    expect(factor(history)):to_equal(0.1)
  end)
end)
