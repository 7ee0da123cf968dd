local scores = require "scores"

describe("the log-determinant", function()
  it("is that of a diagonal matrix", function()
    expect(scores.log_determinant { { 2, 0 }, { 0, 3 } }):to_be_near(math.log(6))
  end)

  it("exchanges rows where the first pivot is zero", function()
    expect(scores.log_determinant { { 0, 4 }, { 0.5, 1 } }):to_be_near(math.log(2))
  end)

  it("is very small for rows that are equal", function()
    expect(scores.log_determinant { { 1, 1 }, { 1, 1 } } < -1e8):to_equal(true)
  end)
end)
