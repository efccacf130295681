// The kernels as TensorFlow operators for processors, by TensorFlow's C interface. This is a Node addon so that Node loads
// it; loading registers the operators, and there is nothing else in it.
#include <node_api.h>

#include <algorithm>
#include <memory>
#include <string>
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
  std::vector<size_t> shape() const {
    std::vector<size_t> extents;
    for (int axis = 0; axis < TF_NumDims(tensor.get()); axis++) extents.push_back(dim(axis));
    return extents;
  }
};

Matrix input(TF_OpKernelContext* context, int index) {
  const Status status(TF_NewStatus());
  TF_Tensor* tensor = nullptr;
  TF_GetInput(context, index, &tensor, status.get());
  return {std::unique_ptr<TF_Tensor, Delete>(tensor)};
}

Matrix output(TF_OpKernelContext* context, int index, std::vector<size_t> extents) {
  const Status status(TF_NewStatus());
  const std::vector<int64_t> shape(extents.begin(), extents.end());
  size_t bytes = sizeof(float);
  for (size_t extent : extents) bytes *= extent;
  return {std::unique_ptr<TF_Tensor, Delete>(
      TF_AllocateOutput(context, index, TF_FLOAT, shape.data(), shape.size(), bytes, status.get()))};
}

// Below so many floats, waking another thread costs more than it saves.
constexpr size_t worthThreads = 1 << 16;

// Runs run(first, count) over shares of the rows, in the threads that OpenMP has: eight shares at most, so eight threads.
template <typename F>
void inParallel(size_t rows, size_t floats, F run) {
  const long shares = floats < worthThreads ? 1 : std::min<size_t>(rows, 8);
#pragma omp parallel for schedule(dynamic) if (shares > 1)
  for (long share = 0; share < shares; share++) {
    const size_t first = rows * share / shares;
    run(first, rows * (share + 1) / shares - first);
  }
}

// Adds up what run(first, count, sums) adds to `sums` [width] for shares of the rows. How many shares there are depends on
// the sizes alone, and their sums are added in order: so the result does not depend on the threads, to the last bit.
template <typename F>
void sumInParallel(size_t rows, size_t width, float* y, F run) {
  std::vector<std::vector<float>> sums(8);
  inParallel(sums.size(), rows * width, [&](size_t begin, size_t count) {
    for (size_t share = begin; share < begin + count; share++) {
      sums[share].assign(width, 0);
      const size_t first = rows * share / sums.size();
      run(first, rows * (share + 1) / sums.size() - first, sums[share].data());
    }
  });
  std::fill_n(y, width, 0.0f);
  for (const auto& share : sums) kernels().addRows(share.data(), y, 1, width);
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
  const Matrix y = output(context, 0, {rows, width});
  const float epsilon = static_cast<Attributes*>(attributes)->epsilon;
  inParallel(rows, x.count(), [&](size_t first, size_t count) {
    const size_t at = first * width;
    kernels().layerNorm(x.data() + at, gain.data(), bias.data(), y.data() + at, count, width, epsilon);
  });
}

void biasActivation(void* attributes, TF_OpKernelContext* context) {
  const Matrix x = input(context, 0), bias = input(context, 1);
  const size_t width = bias.count(), rows = x.count() / width;
  const Matrix y = output(context, 0, {rows, width});
  const auto run = static_cast<Attributes*>(attributes)->gelu ? kernels().biasGelu : kernels().biasQuickGelu;
  inParallel(rows, x.count(), [&](size_t first, size_t count) {
    run(x.data() + first * width, bias.data(), y.data() + first * width, count, width);
  });
}

void biasResidual(void*, TF_OpKernelContext* context) {
  const Matrix x = input(context, 0), bias = input(context, 1), residual = input(context, 2);
  const size_t width = bias.count(), rows = x.count() / width;
  const Matrix y = output(context, 0, {rows, width});
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
  const Matrix y = output(context, 0, {batch * seq, width});
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

void layerNormBackward(void* attributes, TF_OpKernelContext* context) {
  const Matrix x = input(context, 0), gain = input(context, 1), dy = input(context, 2);
  const size_t width = gain.count(), rows = x.count() / width;
  const Matrix dx = output(context, 0, {rows, width}), dGain = output(context, 1, {width}),
               dBias = output(context, 2, {width});
  const float epsilon = static_cast<Attributes*>(attributes)->epsilon;
  std::vector<float> sums(2 * width);
  sumInParallel(rows, 2 * width, sums.data(), [&](size_t first, size_t count, float* sums) {
    const size_t at = first * width;
    kernels().layerNormBackward(x.data() + at, gain.data(), dy.data() + at, dx.data() + at, sums, sums + width, count,
                                width, epsilon);
  });
  std::copy_n(sums.data(), width, dGain.data());
  std::copy_n(sums.data() + width, width, dBias.data());
}

void biasActivationBackward(void* attributes, TF_OpKernelContext* context) {
  const Matrix x = input(context, 0), bias = input(context, 1), dy = input(context, 2);
  const size_t width = bias.count(), rows = x.count() / width;
  const Matrix y = output(context, 0, {rows, width}), dx = output(context, 1, {rows, width});
  const bool gelu = static_cast<Attributes*>(attributes)->gelu;
  const auto run = gelu ? kernels().biasGeluBackward : kernels().biasQuickGeluBackward;
  inParallel(rows, x.count(), [&](size_t first, size_t count) {
    const size_t at = first * width;
    run(x.data() + at, bias.data(), dy.data() + at, y.data() + at, dx.data() + at, count, width);
  });
}

void sumRows(void*, TF_OpKernelContext* context) {
  const Matrix x = input(context, 0);
  const size_t rows = x.dim(0), width = x.dim(1);
  const Matrix y = output(context, 0, {width});
  sumInParallel(rows, width, y.data(), [&](size_t first, size_t count, float* sums) {
    kernels().addRows(x.data() + first * width, sums, count, width);
  });
}

// As attend(); dy [batch * seq, width].
void attendBackward(void* attributes, TF_OpKernelContext* context) {
  const Matrix qkv = input(context, 0), bias = input(context, 1), mask = input(context, 2), dy = input(context, 3);
  const size_t heads = static_cast<Attributes*>(attributes)->heads;
  const size_t batch = qkv.dim(0), seq = qkv.dim(1), width = qkv.dim(2) / 3;
  const Matrix dqkv = output(context, 0, {batch, seq, 3 * width});
  const float* allowed = mask.count() > 0 ? mask.data() : nullptr;
  inParallel(batch * heads, batch * heads * seq * seq, [&](size_t first, size_t count) {
    std::vector<float> scratch(kernels().attendBackwardScratch(seq, width / heads));
    for (size_t job = first; job < first + count; job++) {
      const size_t begin = job / heads * seq * width;
      kernels().attendBackward(qkv.data() + 3 * begin, bias.data(), allowed, dy.data() + begin, dqkv.data() + 3 * begin,
                               seq, heads, width / heads, job % heads, scratch.data());
    }
  });
}

void adamW(void*, TF_OpKernelContext* context) {
  const Matrix factors = input(context, 0), parameter = input(context, 1), gradient = input(context, 2),
               first = input(context, 3), second = input(context, 4);
  const Matrix newParameter = output(context, 0, parameter.shape()), newFirst = output(context, 1, parameter.shape()),
               newSecond = output(context, 2, parameter.shape());
  inParallel(parameter.count(), parameter.count(), [&](size_t at, size_t count) {
    kernels().adamW(factors.data(), parameter.data() + at, gradient.data() + at, first.data() + at, second.data() + at,
                    newParameter.data() + at, newFirst.data() + at, newSecond.data() + at, count);
  });
}

using Compute = void (*)(void*, TF_OpKernelContext*);

// Inputs and outputs are float32; of an attribute the type is said.
void define(const char* name, std::vector<std::string> inputs, std::vector<std::string> outputs, const char* attribute,
            Compute compute) {
  const Status status(TF_NewStatus());
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  for (const auto& input : inputs) TF_OpDefinitionBuilderAddInput(op, (input + ": float").c_str());
  for (const auto& output : outputs) TF_OpDefinitionBuilderAddOutput(op, (output + ": float").c_str());
  if (attribute) TF_OpDefinitionBuilderAddAttr(op, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(op, status.get());
  TF_KernelBuilder* kernel = TF_NewKernelBuilder(name, "CPU", create, compute, destroy);
  TF_RegisterKernelBuilder(name, kernel, status.get());
}

napi_value init(napi_env, napi_value exports) {
  static const bool once = [] {
    define("ClipLayerNorm", {"x", "gain", "bias"}, {"y"}, "epsilon: float", layerNorm);
    define("ClipBiasActivation", {"x", "bias"}, {"y"}, "gelu: int", biasActivation);
    define("ClipBiasResidual", {"x", "bias", "residual"}, {"y"}, nullptr, biasResidual);
    define("ClipAttend", {"qkv", "bias", "mask"}, {"y"}, "heads: int", attend);
    define("ClipLayerNormBackward", {"x", "gain", "dy"}, {"dx", "d_gain", "d_bias"}, "epsilon: float", layerNormBackward);
    define("ClipBiasActivationBackward", {"x", "bias", "dy"}, {"y", "dx"}, "gelu: int", biasActivationBackward);
    define("ClipSumRows", {"x"}, {"y"}, nullptr, sumRows);
    define("ClipAttendBackward", {"qkv", "bias", "mask", "dy"}, {"dqkv"}, "heads: int", attendBackward);
    define("ClipAdamW", {"factors", "parameter", "gradient", "first", "second"},
           {"new_parameter", "new_first", "new_second"}, nullptr, adamW);
    return true;
  }();
  (void)once;
  return exports;
}

}  // namespace

NAPI_MODULE(clip_kernels, init)
