local testing = require "apogee.testing"

describe("mutations", function()
  local rng, space, parent

  before_each(function()
    rng, space = testing.rng(3), testing.space(3)
    parent = space:sample(rng)
  end)

  local function distance(child)
    local count = 0
    for gene = 1, #parent do
      if child[gene] ~= parent[gene] then count = count + 1 end
    end
    return count
  end

  it("random_genes changes as many genes as it is told", function()
    for _ = 1, 50 do
      expect(distance(testing.mutation "random_genes"(parent, rng))):to_equal(1)
    end
  end)

  it("random_genes asked for too many changes what it can", function()
    local child = testing.mutation("random_genes", { count = 1000 })(parent, rng)
    expect(distance(child)):to_be_above(6)
  end)

  it("polynomial leaves the parent alone at rate 0", function()
    expect(testing.mutation "polynomial"(parent, rng, 0)):to_equal(parent)
  end)

  it("polynomial with a large index takes smaller steps", function()
    local function mean_step(eta)
      local mutate, sum, count = testing.mutation("polynomial", { eta = eta }), 0, 0
      for _ = 1, 200 do
        local child = mutate(parent, rng, 1)
        for gene, choice in ipairs(space.choices) do
          -- Operations only: inputs are repaired.
          if choice.name:find "operation" then
            sum, count = sum + math.abs(child[gene] - parent[gene]), count + 1
          end
        end
      end
      return sum / count
    end
    expect(mean_step(50)):to_be_below(mean_step(1))
  end)
end)
