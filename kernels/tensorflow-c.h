// The part of TensorFlow's C interface for operators that tensorflow.cc uses (tensorflow/c/kernels.h and ops.h, whose own
// includes would fetch half of TensorFlow's headers).
#pragma once
#include <stdint.h>

#include "tensorflow/c/tf_datatype.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

extern "C" {

typedef struct TF_OpKernelConstruction TF_OpKernelConstruction;
void TF_OpKernelConstruction_GetAttrFloat(TF_OpKernelConstruction*, const char* name, float* value, TF_Status*);
void TF_OpKernelConstruction_GetAttrInt32(TF_OpKernelConstruction*, const char* name, int32_t* value, TF_Status*);

typedef struct TF_OpKernelContext TF_OpKernelContext;
void TF_GetInput(TF_OpKernelContext*, int index, TF_Tensor** tensor, TF_Status*);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext*, int index, TF_DataType, const int64_t* shape, int rank, size_t bytes,
                             TF_Status*);

typedef struct TF_ShapeInferenceContext TF_ShapeInferenceContext;
void TF_ShapeInferenceContextSetUnknownShape(TF_ShapeInferenceContext*, TF_Status*);

typedef struct TF_OpDefinitionBuilder TF_OpDefinitionBuilder;
TF_OpDefinitionBuilder* TF_NewOpDefinitionBuilder(const char* name);
void TF_OpDefinitionBuilderAddInput(TF_OpDefinitionBuilder*, const char* nameAndType);
void TF_OpDefinitionBuilderAddOutput(TF_OpDefinitionBuilder*, const char* nameAndType);
void TF_OpDefinitionBuilderAddAttr(TF_OpDefinitionBuilder*, const char* nameAndType);
void TF_OpDefinitionBuilderSetShapeInferenceFunction(TF_OpDefinitionBuilder*,
                                                     void (*infer)(TF_ShapeInferenceContext*, TF_Status*));
void TF_RegisterOpDefinition(TF_OpDefinitionBuilder*, TF_Status*);

typedef struct TF_KernelBuilder TF_KernelBuilder;
TF_KernelBuilder* TF_NewKernelBuilder(const char* op, const char* device, void* (*create)(TF_OpKernelConstruction*),
                                      void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*));
void TF_RegisterKernelBuilder(const char* kernel, TF_KernelBuilder*, TF_Status*);

}  // extern "C"
