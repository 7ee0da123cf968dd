local apogee = require "apogee"
local layers = require "layers"

apogee.register {
  point = "space", name = "layers",
  summary = "Stages of convolutions whose number, window and width are searched.",
  options = {
    { name = "stages", type = "integer", min = 1, max = 4, default = 2, unit = "stages",
      doc = "Stages; each ends with 2×2 max pooling." },
    { name = "depth", type = "integer", min = 1, max = 4, default = 2, unit = "layers",
      doc = "Layers of a stage at most." },
    { name = "channels", type = "integer", min = 4, max = 256, default = 16, unit = "channels",
      doc = "Width of the first stage at most; each further one is twice as wide." },
    { name = "windows", type = "list", of = "integer", count = { 1, 4 }, default = { 3, 5 },
      min = 1, max = 7, doc = "Odd sizes of windows to choose from." },
  },
  make = layers.space,
}
