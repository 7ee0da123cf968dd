local testing = require "apogee.testing"
local islands = require "islands"

describe("islands", function()
  local rng, space, strategy, state

  before_each(function()
    rng, space = testing.rng(5), testing.space(2)
    strategy = islands.strategy {
      population = 6, islands = 3, interval = 2, migrants = 1, tournament = 2,
      mutation = testing.mutation "per_gene", crossover = testing.crossover "uniform",
      crossover_probability = 0.5,
    }
    state = strategy.init()
  end)

  local function generation(objective)
    local evaluations = {}
    for place, genotype in ipairs((strategy.ask(state, 6, rng, space))) do
      evaluations[place] = { genotype = genotype, objectives = { objective(place) } }
    end
    state = strategy.tell(state, evaluations)
  end

  it("fills every island", function()
    generation(function(place) return place end)
    for _, island in ipairs(state.islands) do expect(island):to_have_length(2) end
    expect(state.islands[1][1].objective):to_equal(1)
  end)

  it("sends the best round the ring every second generation", function()
    generation(function(place) return place end)
    expect(state.islands[2][1].objective):to_equal(2)
    generation(function() return 100 end)
    expect(state.islands[2][1].objective):to_equal(1)
    expect(state.islands[1]):to_have_length(2)
  end)

  it("counts a migrant once in the population", function()
    generation(function(place) return place end)
    generation(function() return 100 end)
    local texts = {}
    for _, genotype in ipairs(strategy.population(state)) do
      expect(texts).never:to_contain(tostring(genotype))
      texts[#texts + 1] = tostring(genotype)
    end
  end)
end)
