// The kernels as TensorFlow operators for processors, by TensorFlow's C interface. This is a Node addon so that Node loads
// it; loading registers the operators, and there is nothing else in it.
#include <node_api.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "kernels.h"
#include "tensorflow-c.h"

extern const Kernels baseline;
#ifdef __x86_64__
extern const Kernels avx2, avx512;
#endif

namespace {

// The build for the best instructions that this processor has.
const Kernels& kernels() {
#ifdef __x86_64__
  static const Kernels& best = __builtin_cpu_supports("avx512f") ? avx512
                               : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? avx2
                                                                                                   : baseline;
  return best;
#else
  return baseline;
#endif
}

struct Delete {
  void operator()(TF_Tensor* tensor) const { TF_DeleteTensor(tensor); }
  void operator()(TF_Status* status) const { TF_DeleteStatus(status); }
};
using Status = std::unique_ptr<TF_Status, Delete>;

// A float32 tensor as rows of its last axis.
struct Matrix {
  std::unique_ptr<TF_Tensor, Delete> tensor;
  float* data() const { return static_cast<float*>(TF_TensorData(tensor.get())); }
  size_t count() const { return TF_TensorElementCount(tensor.get()); }
  size_t dim(int axis) const { return TF_Dim(tensor.get(), axis); }
};

Matrix input(TF_OpKernelContext* context, int index) {
  const Status status(TF_NewStatus());
  TF_Tensor* tensor = nullptr;
  TF_GetInput(context, index, &tensor, status.get());
  return {std::unique_ptr<TF_Tensor, Delete>(tensor)};
}

Matrix output(TF_OpKernelContext* context, size_t rows, size_t width) {
  const Status status(TF_NewStatus());
  const int64_t shape[] = {static_cast<int64_t>(rows), static_cast<int64_t>(width)};
  const size_t bytes = rows * width * sizeof(float);
  return {std::unique_ptr<TF_Tensor, Delete>(TF_AllocateOutput(context, 0, TF_FLOAT, shape, 2, bytes, status.get()))};
}

// Below so many floats, waking another thread costs more than it saves.
constexpr size_t worthThreads = 1 << 16;

// Runs run(first, count) over shares of the rows, in as many threads as OpenMP has.
template <typename F>
void inParallel(size_t rows, size_t floats, F run) {
  const long shares = floats < worthThreads ? 1 : std::min<size_t>(rows, 8);
#pragma omp parallel for schedule(dynamic) if (shares > 1)
  for (long share = 0; share < shares; share++) {
    const size_t first = rows * share / shares;
    run(first, rows * (share + 1) / shares - first);
  }
}

struct Attributes {
  float epsilon = 0;  // of ClipLayerNorm
  int gelu = 0;       // of ClipBiasActivation: 0 is QuickGELU, 1 the exact one
  int heads = 0;      // of ClipAttend
};

void* create(TF_OpKernelConstruction* node) {
  auto* attributes = new Attributes;
  const Status status(TF_NewStatus());
  TF_OpKernelConstruction_GetAttrFloat(node, "epsilon", &attributes->epsilon, status.get());
  TF_OpKernelConstruction_GetAttrInt32(node, "gelu", &attributes->gelu, status.get());
  TF_OpKernelConstruction_GetAttrInt32(node, "heads", &attributes->heads, status.get());
  return attributes;
}

void destroy(void* attributes) { delete static_cast<Attributes*>(attributes); }

void layerNorm(void* attributes, TF_OpKernelContext* context) {
  const Matrix x = input(context, 0), gain = input(context, 1), bias = input(context, 2);
  const size_t width = gain.count(), rows = x.count() / width;
  const Matrix y = output(context, rows, width);
  const float epsilon = static_cast<Attributes*>(attributes)->epsilon;
  inParallel(rows, x.count(), [&](size_t first, size_t count) {
    const size_t at = first * width;
    kernels().layerNorm(x.data() + at, gain.data(), bias.data(), y.data() + at, count, width, epsilon);
  });
}

void biasActivation(void* attributes, TF_OpKernelContext* context) {
  const Matrix x = input(context, 0), bias = input(context, 1);
  const size_t width = bias.count(), rows = x.count() / width;
  const Matrix y = output(context, rows, width);
  const auto run = static_cast<Attributes*>(attributes)->gelu ? kernels().biasGelu : kernels().biasQuickGelu;
  inParallel(rows, x.count(), [&](size_t first, size_t count) {
    run(x.data() + first * width, bias.data(), y.data() + first * width, count, width);
  });
}

void biasResidual(void*, TF_OpKernelContext* context) {
  const Matrix x = input(context, 0), bias = input(context, 1), residual = input(context, 2);
  const size_t width = bias.count(), rows = x.count() / width;
  const Matrix y = output(context, rows, width);
  inParallel(rows, x.count(), [&](size_t first, size_t count) {
    const size_t at = first * width;
    kernels().biasResidual(x.data() + at, bias.data(), residual.data() + at, y.data() + at, count, width);
  });
}

// qkv [batch, seq, 3 * width]; mask [seq, seq], or empty.
void attend(void* attributes, TF_OpKernelContext* context) {
  const Matrix qkv = input(context, 0), bias = input(context, 1), mask = input(context, 2);
  const size_t heads = static_cast<Attributes*>(attributes)->heads;
  const size_t batch = qkv.dim(0), seq = qkv.dim(1), width = qkv.dim(2) / 3;
  const Matrix y = output(context, batch * seq, width);
  const float* allowed = mask.count() > 0 ? mask.data() : nullptr;
  inParallel(batch * heads, batch * heads * seq * seq, [&](size_t first, size_t count) {
    std::vector<float> scratch(kernels().attendScratch(seq, width / heads));
    for (size_t job = first; job < first + count; job++) {
      const size_t begin = job / heads * seq * width;
      kernels().attend(qkv.data() + 3 * begin, bias.data(), allowed, y.data() + begin, seq, heads, width / heads,
                       job % heads, scratch.data());
    }
  });
}

using Compute = void (*)(void*, TF_OpKernelContext*);

void define(const char* name, std::vector<const char*> inputs, const char* attribute, Compute compute) {
  const Status status(TF_NewStatus());
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(op, input);
  TF_OpDefinitionBuilderAddOutput(op, "y: float");
  if (attribute) TF_OpDefinitionBuilderAddAttr(op, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(op, status.get());
  TF_KernelBuilder* kernel = TF_NewKernelBuilder(name, "CPU", create, compute, destroy);
  TF_RegisterKernelBuilder(name, kernel, status.get());
}

napi_value init(napi_env, napi_value exports) {
  static const bool once = [] {
    define("ClipLayerNorm", {"x: float", "gain: float", "bias: float"}, "epsilon: float", layerNorm);
    define("ClipBiasActivation", {"x: float", "bias: float"}, "gelu: int", biasActivation);
    define("ClipBiasResidual", {"x: float", "bias: float", "residual: float"}, nullptr, biasResidual);
    define("ClipAttend", {"qkv: float", "bias: float", "mask: float"}, "heads: int", attend);
    return true;
  }();
  (void)once;
  return exports;
}

}  // namespace

NAPI_MODULE(clip_kernels, init)
