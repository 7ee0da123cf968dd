local testing = require "apogee.testing"
local members = require "members"

describe("members", function()
  local function member(objective, born) return { objective = objective, born = born } end

  it("sorts by objective, then by age", function()
    local list = members.sort { member(2, 1), member(1, 3), member(1, 2) }
    expect(list):to_equal { member(1, 2), member(1, 3), member(2, 1) }
  end)

  it("keeps the best", function()
    local list = members.keep({ member(3, 1), member(1, 2), member(2, 3) }, 2)
    expect(list):to_equal { member(1, 2), member(2, 3) }
  end)

  it("tells genotypes apart by their genes", function()
    local rng, space = testing.rng(1), testing.space(2)
    local one = space:sample(rng)
    local other = one:copy()
    expect(members.key(one)):to_equal(members.key(other))
    other[3] = (other[3] + 1) % 7
    expect(members.key(one)).never:to_equal(members.key(other))
  end)

  it("lets the best win a large tournament", function()
    local list = { member(1, 1), member(2, 2), member(3, 3) }
    expect(members.tournament(list, 200, testing.rng(3)).born):to_equal(1)
  end)
end)
