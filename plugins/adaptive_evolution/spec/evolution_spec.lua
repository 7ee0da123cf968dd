local testing = require "apogee.testing"
local evolution = require "evolution"

describe("adaptive_evolution", function()
  local rng, space, strategy, state

  before_each(function()
    rng, space = testing.rng(5), testing.space(2)
    strategy = evolution.strategy {
      population = 4, tournament = 2, mutation = testing.mutation "per_gene",
      crossover = testing.crossover "uniform", crossover_probability = 0.5,
      initial_rate = 0.2, least_rate = 0.02, factor = 1.5,
    }
    state = strategy.init()
  end)

  local function told(genotypes, objective)
    local evaluations = {}
    for place, genotype in ipairs(genotypes) do
      evaluations[place] = { genotype = genotype, objectives = { objective } }
    end
    return evaluations
  end

  it("samples until the population is full", function()
    local asked = strategy.ask(state, 4, rng, space)
    expect(asked):to_have_length(4)
    state = strategy.tell(state, told(asked, 1))
    expect(state.rate):to_equal(0.2)
    expect(strategy.population(state)):to_have_length(4)
  end)

  it("raises the rate when children succeed, and lowers it when they fail", function()
    state = strategy.tell(state, told(strategy.ask(state, 4, rng, space), 1))
    state = strategy.tell(state, told(strategy.ask(state, 4, rng, space), 0.5))
    expect(state.rate):to_be_near(0.3, 1e-12)
    state = strategy.tell(state, told(strategy.ask(state, 4, rng, space), 9))
    expect(state.rate):to_be_near(0.3 * 1.5 ^ -0.25, 1e-12)
  end)

  it("never falls below the least rate", function()
    state = strategy.tell(state, told(strategy.ask(state, 4, rng, space), 1))
    for _ = 1, 60 do
      state = strategy.tell(state, told(strategy.ask(state, 4, rng, space), 9))
    end
    expect(state.rate):to_equal(0.02)
  end)
end)
