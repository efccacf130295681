// One build of the kernels, for the instruction set that the compiler was told. BUILD is its name.
#include "kernels.h"

#include "attend.h"
#include "transformer.h"

extern const Kernels BUILD;
const Kernels BUILD = {layerNorm, biasQuickGelu, biasGelu, biasResidual, attend, attendScratch};
