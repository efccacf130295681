/** clip-tfjs, the browser-safe surface. In Node, import `clip-tfjs/node`, which has all of this and reads files. */
export type { BackendName } from './backend.ts';
export { useBackend } from './browser-backend.ts';
export { type Background, neutralPrompts } from './classify/background.ts';
export type { ClassPrompts } from './classify/class-prompts.ts';
export { buildClassifier, type Classifier, type ClassifierOptions } from './classify/classifier.ts';
export { type Classification, type ClassifyOptions, classify, type RankedClass } from './classify/classify.ts';
export { explainPrompts, type PromptReport, type TemplateVote } from './classify/explain-prompts.ts';
export { classifyIndependently, type IndependentLabel } from './classify/independent.ts';
export { buildPromptEnsemble, classifierOf, type PromptEnsemble } from './classify/prompt-ensemble.ts';
export { readClasses } from './classify/read-classes.ts';
export {
  type Decision,
  type Rejection,
  type RejectionScore,
  rejectionScore,
  rejectionScores,
} from './classify/rejection.ts';
export { selectTemplates, type TemplateSelection } from './classify/select-templates.ts';
export { findTemplateSet, type TemplateSet, type TemplateSetName, templateSets } from './classify/template-sets.ts';
export { defaultTemplates, openaiSevenTemplates } from './classify/templates.ts';
export { Clip } from './clip.ts';
export {
  type Activation,
  type Architecture,
  architectureConfig,
  type ClipConfig,
  findArchitecture,
  type PreprocessConfig,
  publishedArchitectures,
  type ResNetConfig,
  type TextConfig,
  type VisionConfig,
  type VitConfig,
} from './config.ts';
export {
  type EmbedOptions,
  type EmbedTextOptions,
  embedImages,
  embedTexts,
  type ImageInput,
  similarities,
} from './embed.ts';
export { ImageError, ModelError, TextTooLongError } from './errors.ts';
export {
  argmax,
  type ConfusionPair,
  confusionMatrix,
  confusionPairs,
  meanPerClassRecall,
  topKAccuracy,
} from './evaluate/accuracy.ts';
export type { AuditData } from './evaluate/audit/audit-data.ts';
export { type Gate, type GateKind, type GateResult, parseGate } from './evaluate/audit/gates.ts';
export { clipPaperHarmLabels, type HarmLabels, parseHarmLabels } from './evaluate/audit/harm-labels.ts';
export type { AuditReport } from './evaluate/audit/report.ts';
export { auditSections } from './evaluate/audit/sections.ts';
export { type Calibration, type CalibrationOptions, calibrate } from './evaluate/calibrate.ts';
export {
  adaptiveCalibrationError,
  brierScore,
  expectedCalibrationError,
  negativeLogLikelihood,
  probabilitiesOf,
  type ReliabilityBin,
  reliabilityTable,
} from './evaluate/calibration.ts';
export type { ClassResult } from './evaluate/class-results.ts';
export {
  aupr,
  auroc,
  falsePositiveRateAt,
  thresholdForCoverage,
  thresholdForFalseAccepts,
} from './evaluate/detection.ts';
export {
  accuracyGap,
  accuracyRatio,
  demographicParityDifference,
  demographicParityRatio,
  equalizedOddsDifference,
  equalOpportunityDifference,
  type Gap,
} from './evaluate/group-gaps.ts';
export { type GroupMetrics, type GroupSample, groupMetrics, type Rate } from './evaluate/groups.ts';
export {
  type CaptionedEmbeddings,
  evaluateRetrieval,
  type RetrievalDirection,
  type RetrievalEvaluation,
} from './evaluate/image-text-retrieval.ts';
export { bootstrapInterval, type Interval, ratioInterval, wilsonInterval } from './evaluate/intervals.ts';
export { fitLogitScale, logitScaleRange } from './evaluate/logit-scale.ts';
export type { ProbePicture } from './evaluate/probes/given-pictures.ts';
export { type ProbeOptions, type ProbeResults, runProbes } from './evaluate/probes/run-probes.ts';
export { type ProbeTable, probeTables } from './evaluate/probes/tables.ts';
export { type RetrievalMeasures, retrievalMeasures, retrievalRanks } from './evaluate/retrieval.ts';
export { areaUnderRiskCoverage, type RiskCoveragePoint, riskCoverage } from './evaluate/risk-coverage.ts';
export { type GroupShares, groupShares, maxSkew, minSkew, ndkl } from './evaluate/skew.ts';
export {
  evaluateZeroShot,
  type LabelledEmbeddings,
  type ZeroShotAnswer,
  type ZeroShotEvaluation,
  type ZeroShotMetrics,
  type ZeroShotOptions,
} from './evaluate/zero-shot.ts';
export { type Augmentation, augment } from './image/augment.ts';
export type { Image, ImageMode } from './image/image.ts';
export { preprocess } from './image/preprocess.ts';
export { attentionWeights } from './nn/attention.ts';
export { type Block, block, transformer } from './nn/block.ts';
export { type ClipWeights, parameterCount, parameterShapes, type Towers } from './parameters.ts';
export { createTokenizer, type Tokenizer } from './tokenizer/tokenizer.ts';
export { trainBpe } from './tokenizer/train-bpe.ts';
export { openaiVocabulary, type Vocabulary } from './tokenizer/vocabulary.ts';
export { initClip } from './weights/init.ts';
export { type LoadOptions, loadClip } from './weights/load.ts';
export type { SaveOptions } from './weights/save.ts';
