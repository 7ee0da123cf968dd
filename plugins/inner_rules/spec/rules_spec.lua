local apogee = require "apogee"
local rules = require "rules"
local tensor = apogee.tensor

local value = tensor.from { 1, 2, -3 }
local gradient = tensor.from { 0.5, -4, 0 }
local context = { name = "stem.weight", shape = { 3 }, initial = tensor.from { 0, 2, -1 } }

local function near(result, expected)
  local numbers = result:tolist()
  for place, number in ipairs(expected) do expect(numbers[place]):to_be_near(number, 1e-6) end
end

describe("inner rules", function()
  it("sign_descent moves every weight by the rate", function()
    near(rules.sign_descent { rate = 0.25 } (value, gradient, context), { 0.75, 2.25, -3 })
  end)

  it("clipped_descent leaves a short gradient alone and scales a long one down", function()
    near(rules.clipped_descent { rate = 0.1, norm = 100 } (value, gradient, context),
      { 0.95, 2.4, -3 })
    local long = tensor.from { 3, 4, 0 }
    near(rules.clipped_descent { rate = 1, norm = 1 } (value, long, context), { 0.4, 1.2, -3 })
  end)

  it("clipped_descent stands where the gradient is zero", function()
    near(rules.clipped_descent { rate = 1, norm = 1 } (value, tensor.zeros { 3 }, context),
      { 1, 2, -3 })
  end)

  it("proximal_descent is drawn back to where it began", function()
    near(rules.proximal_descent { rate = 0.5, pull = 1 } (value, tensor.zeros { 3 }, context),
      { 0.5, 2, -2 })
  end)

  it("boil moves all but the classifier", function()
    local boil = rules.boil { rate = 1 }
    near(boil(value, gradient, context), { 0.5, 6, -3 })
    local head = { name = "classifier.weight", shape = { 3 }, initial = value }
    near(boil(value, gradient, head), { 1, 2, -3 })
  end)
end)
