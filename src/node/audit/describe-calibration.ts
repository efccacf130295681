import type { CalibrationFigures, CalibrationSection } from '../../evaluate/audit/calibration-section.ts';
import { figure, type Part } from './format.ts';

export function describeCalibration({ asIs, fitted }: CalibrationSection): Part {
  const row = (name: string, { logitScale, pictures, ece, adaptiveEce, brier, nll }: CalibrationFigures) => [
    name,
    String(pictures),
    figure(logitScale),
    ...[ece, adaptiveEce, brier, nll].map(figure),
  ];
  return {
    heading: 'D. Calibration',
    blocks: [
      {
        title: 'How far probabilities can be believed',
        rows: [
          ['', 'pictures', 'logit scale', 'ECE', 'adaptive ECE', 'Brier', 'NLL'],
          row('the model as it is', asIs),
          ...(fitted ? [row('the held-out half', fitted.before), row('the same, fitted scale', fitted.after)] : []),
        ],
      },
      {
        text: fitted
          ? `The scale was fitted on the other half, ${fitted.fittedOn} pictures: temperature ${figure(fitted.temperature)}.`
          : 'No scale was fitted: it takes 60 pictures or more.',
      },
      ...(fitted?.atEnd ? [{ text: endText[fitted.atEnd] }] : []),
    ],
  };
}

const endText = {
  high: 'This is the end of what was searched, and no temperature to use: every picture of that half was answered right, so no scale was too sure. Take harder pictures, or more.',
  low: 'This is the end of what was searched, and no temperature to use: on that half the cosines say nothing of the labels.',
};
