// One build of the kernels, for the instruction set that the compiler was told. BUILD is its name.
#include "kernels.h"

#include "adamw.h"
#include "attend-backward.h"
#include "transformer-backward.h"

extern const Kernels BUILD;
const Kernels BUILD = {layerNorm,
                       biasQuickGelu,
                       biasGelu,
                       biasResidual,
                       attend,
                       attendScratch,
                       layerNormBackward,
                       biasQuickGeluBackward,
                       biasGeluBackward,
                       addRows,
                       attendBackward,
                       attendBackwardScratch,
                       adamW};
