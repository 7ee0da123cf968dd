local apogee = require "apogee"
local layers = require "layers"

apogee.register {
  point = "space", name = "layers",
  summary = "Stages of convolutions; searches their number, windows and widths.",
  options = {
    { name = "stages", type = "integer", min = 1, max = 4, default = 2, unit = "stages",
      doc = "Stages; each ends with 2×2 max pooling." },
    { name = "depth", type = "integer", min = 1, max = 4, default = 2, unit = "layers",
      doc = "Maximum layers per stage." },
    { name = "channels", type = "integer", min = 4, max = 256, default = 16, unit = "channels",
      doc = "Maximum width of the first stage; each later one is twice as wide." },
    { name = "windows", type = "list", of = "integer", count = { 1, 4 }, default = { 3, 5 },
      min = 1, max = 7, doc = "Odd window sizes to choose from." },
  },
  make = layers.space,
}
