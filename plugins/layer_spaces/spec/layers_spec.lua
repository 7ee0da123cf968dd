local testing = require "apogee.testing"
local layers = require "layers"

local options = { stages = 2, depth = 3, channels = 8, windows = { 3, 5 } }

describe("layers", function()
  it("counts networks, not the windows of layers that are left out", function()
    -- A stage of 1, 2 or 3 layers has 2 + 4 + 8 combinations of windows, and two widths.
    expect(testing.space("layers", options):size()):to_equal((2 * (2 + 4 + 8)) ^ 2)
  end)

  it("repairs the windows of layers that are left out", function()
    local repair = layers.space(options).repair
    local choice = {}
    for _, entry in ipairs(layers.space(options).choices) do
      choice[entry.name] = entry.options[#entry.options]
    end
    choice["stage1.depth"] = 1
    local mended = repair(choice)
    expect(mended["stage1.layer1.window"]):to_equal(5)
    expect(mended["stage1.layer2.window"]):to_equal(3)
    expect(mended["stage1.layer3.window"]):to_equal(3)
    expect(mended["stage2.layer3.window"]):to_equal(5)
  end)

  it("draws genotypes that its repair leaves alone", function()
    local space = testing.space("layers", options)
    local rng = testing.rng(3)
    for _ = 1, 100 do
      local genotype = space:sample(rng)
      expect(genotype:repair()):to_equal(genotype)
    end
  end)

  it("refuses even windows", function()
    expect(function() layers.space { stages = 1, depth = 1, channels = 8, windows = { 4 } } end)
      :to_fail("expected odd sizes, found 4")
  end)
end)
