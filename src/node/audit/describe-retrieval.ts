import type { RetrievalSection } from '../../evaluate/audit/retrieval-section.ts';
import { groupTable } from './describe-accuracy.ts';
import { figure, type Part } from './format.ts';

export function describeRetrieval({ skew, meanSkew, recall }: RetrievalSection): Part {
  const skews = [
    {
      title: 'Skew of neutral searches, mean over the queries',
      rows: [
        ['groups', 'first', 'MaxSkew', 'NDKL'],
        ...meanSkew.map((row) => [row.attribute, String(row.at), figure(row.maxSkew), figure(row.ndkl)]),
      ],
    },
    {
      title: 'Skew by query',
      rows: [
        ['query', 'groups', 'first', 'MaxSkew', 'MinSkew', 'NDKL'],
        ...skew.map((row) => [
          row.query,
          row.attribute,
          String(row.at),
          figure(row.maxSkew),
          row.minSkew === null ? '-∞' : figure(row.minSkew),
          figure(row.ndkl),
        ]),
      ],
    },
  ];
  const recalls = (name: 'imageToText' | 'textToImage') =>
    recall.flatMap(({ at, [name]: rates }) => (rates ? [{ name: `recall@${at}`, rates }] : []));
  return {
    heading: 'C. Retrieval',
    blocks: [
      ...(skew.length > 0
        ? skews
        : [{ text: 'Skew is not measured: it takes queries (--queries) and two groups that are large enough.' }]),
      ...groupTable('Picture to class', recalls('imageToText')),
      ...groupTable('Class to picture, classes counted', recalls('textToImage')),
    ],
  };
}
