local scores = require "scores"

describe("the log-determinant", function()
  it("is that of a diagonal matrix", function()
    local value = scores.log_determinant { { 2, 0 }, { 0, 3 } }
    expect(math.abs(value - math.log(6)) < 1e-12).to_be(true)
  end)

  it("exchanges rows where the first pivot is zero", function()
    local value = scores.log_determinant { { 0, 4 }, { 0.5, 1 } }
    expect(math.abs(value - math.log(2)) < 1e-12).to_be(true)
  end)

  it("is very small for rows that are equal", function()
    expect(scores.log_determinant { { 1, 1 }, { 1, 1 } } < -1e8).to_be(true)
  end)
end)
