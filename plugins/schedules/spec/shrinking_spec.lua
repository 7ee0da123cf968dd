local testing = require "apogee.testing"
local shrinking = require "shrinking"

describe("progressive_shrinking", function()
  local space = testing.space(2)
  local sample = shrinking.sampler { order = { "sep5", "sep3", "skip" }, full_at = 0.5 }

  local function operations(fraction)
    local seen = {}
    for seed = 1, 40 do
      local path = sample({ space = space, fraction = fraction }, testing.rng(seed))
      for gene, choice in ipairs(space.choices) do
        if choice.name:find "operation" then seen[choice.options[path[gene] + 1]] = true end
      end
    end
    return seen
  end

  it("begins with the largest operation alone", function()
    expect(operations(0)):to_equal { sep5 = true }
  end)

  it("opens the others one by one", function()
    expect(operations(0.3)):to_equal { sep5 = true, sep3 = true }
    expect(operations(0.5)):to_equal { sep5 = true, sep3 = true, skip = true }
  end)
end)
