local testing = require "apogee.testing"

describe("crossovers", function()
  local rng, space, a, b

  before_each(function()
    rng, space = testing.rng(11), testing.space(3)
    a, b = space:sample(rng), space:sample(rng)
  end)

  -- For each block whether the child has the genes of b rather than those of a.
  local function origins(child)
    local from_b = {}
    for place, block in ipairs(space.blocks) do
      local same_a, same_b = true, true
      for gene = block.first, block.last do
        same_a = same_a and child[gene] == a[gene]
        same_b = same_b and child[gene] == b[gene]
      end
      expect(same_a or same_b):to_be_true()
      from_b[place] = not same_a
    end
    return from_b
  end

  local function changes(from_b)
    local count = 0
    for place = 2, #from_b do
      if from_b[place] ~= from_b[place - 1] then count = count + 1 end
    end
    return count
  end

  it("biased_uniform takes all or nothing at its ends", function()
    expect(testing.crossover("biased_uniform", { probability = 0 })(a, b, rng)):to_equal(a)
    expect(testing.crossover("biased_uniform", { probability = 1 })(a, b, rng)):to_equal(b)
  end)

  it("k_point with one cut changes sides at most once", function()
    local cross = testing.crossover("k_point", { points = 1 })
    for _ = 1, 50 do expect(changes(origins(cross(a, b, rng)))):to_be_between(0, 1) end
  end)

  it("k_point with more cuts than parts still gives a child", function()
    origins(testing.crossover("k_point", { points = 100 })(a, b, rng))
  end)

  it("segment_swap takes one run", function()
    local cross = testing.crossover("segment_swap", { longest = 0.5 })
    for _ = 1, 50 do
      local from_b = origins(cross(a, b, rng))
      expect(changes(from_b)):to_be_between(0, 2)
    end
  end)

  it("subtree_swap takes over whole nodes of one cell", function()
    local cross = testing.crossover "subtree_swap"
    for _ = 1, 50 do
      local from_b = origins(cross(a, b, rng))
      local normal, reduction = false, false
      for place = 1, 3 do
        normal = normal or from_b[place]
        reduction = reduction or from_b[place + 3]
      end
      expect(normal and reduction):to_be_false()
    end
  end)
end)
