import type { Drop, FindingKind, Kind } from './kinds.ts';

const warning = (title: string, effect: string, cure: string, drop: Drop = 'none'): Kind => ({
  ...{ severity: 'warning', title, effect, cure, drop },
});
const note = (title: string, effect: string, cure: string): Kind => ({
  ...{ severity: 'note', title, effect, cure, drop: 'none' },
});
const error = (title: string, effect: string, cure: string): Kind => ({
  ...{ severity: 'error', title, effect, cure, drop: 'none' },
});

/** Every kind of finding, in the order of reports. */
export const kinds: Readonly<Record<FindingKind, Kind>> = {
  'too-few-pairs': error(
    'Too little to compare',
    'A step compares pictures with captions of other pairs. With fewer than two different pictures or captions nothing can be learned.',
    'Add pairs whose pictures and captions differ.',
  ),
  'too-many-bad-rows': error(
    'Too many rows cannot be used',
    'finetune and train stop where more of the rows are bad than --max-bad allows.',
    'Mend what is listed below, or allow more by --max-bad.',
  ),
  'unusable-row': warning(
    'Rows that cannot be used',
    'They are left out: no caption, no such file, bytes that are not UTF-8.',
    'Mend the path, write the caption, or save the file as UTF-8.',
    'all',
  ),
  'unreadable-picture': warning(
    'Pictures that cannot be decoded',
    'Their rows are left out when their turn comes, in the midst of training.',
    'Fetch or export the picture again, or take its rows out.',
    'all',
  ),
  'one-colour-picture': warning(
    'Pictures of a single colour, as the model sees them',
    'There is nothing in them that a caption could describe; a caption that is learned from them is learned wrong. Often a drawing on transparency: the model drops alpha, unless it has a background.',
    'Take them out; put pictures with transparency on white, or give the model a background.',
    'all',
  ),
  'small-picture': warning(
    "Pictures that are smaller than the model's input",
    'They are enlarged and blurred: the model learns that blur goes with their captions.',
    'Find larger ones, or choose a model with a smaller input.',
  ),
  'long-picture': warning(
    'Pictures more than three times as long as they are broad',
    'Most models see the square in the middle; what the caption tells of may lie outside. (One that squashes sees it distorted, one that pads sees it small.)',
    'Crop them to what the caption tells.',
  ),
  'transparent-picture': note(
    'Pictures with transparent pixels, for a model without a background',
    "Alpha is dropped, and the colours that are stored under it are seen, as Pillow's convert('RGB') gives them.",
    'Put them on the background that pictures will have later, or set one for the model.',
  ),
  'animated-picture': note(
    'Pictures with several frames',
    'The first frame is taken.',
    'Where the caption tells of another, export that one.',
  ),
  'repeated-pair': warning(
    'Repeated pairs',
    'The same picture with the same caption: it weighs more than others, and two of it in a batch count as wrong answers to each other.',
    'Keep one of each.',
    'all but the first',
  ),
  'repeated-picture': warning(
    'The same picture in several files',
    'Two of them in a batch count as wrong answers to each other; and a random split puts one into training and one into validation.',
    'Name one file in all their rows, or give them one concept.',
  ),
  'near-picture': warning(
    'Nearly the same picture',
    'As for the same picture: false wrong answers in a batch, and leaks in a random split.',
    'Look at them; keep one of each, or give them one concept.',
  ),
  'alike-picture': note(
    "Pictures that are alike by the model's embeddings",
    'The model can hardly tell them apart yet. Copies, or what it shall learn to see.',
    'Look at them; where they are copies, keep one.',
  ),
  'conflicting-concepts': warning(
    'The same picture under different concepts',
    'Training is told that it is a wrong answer to itself.',
    'Decide which concept it has, and take the other rows out.',
  ),
  'several-rows': note(
    'Pictures with several rows, each with another caption',
    'Two rows of a picture in a batch count as wrong answers to each other.',
    'Put all captions of a picture into one line of JSON ("texts"), or give its rows one concept.',
  ),
  'repeated-caption': warning(
    'Captions that several pictures have',
    'In a batch each such picture counts as a wrong answer to the caption of the other: the loss pushes apart what belongs together.',
    'Give pairs of one meaning a concept, or write what tells the pictures apart.',
  ),
  'long-caption': warning(
    'Captions that are longer than the context',
    'Their ends are cut off, and never learned.',
    'Shorten them, the important words first; or split them into several captions of one picture.',
  ),
  'short-caption': warning(
    'Captions with next to nothing in them',
    'They tell pictures apart by chance only.',
    'Write what is seen, or take the rows out.',
    'all',
  ),
  'file-name-caption': warning(
    'Captions that are names of files',
    'The model learns names of files, which no one will search for.',
    'Write what is seen, or take the rows out.',
    'all',
  ),
  'url-caption': warning(
    'Captions with addresses in them',
    'Addresses take many tokens and tell nothing of the picture.',
    'Take the addresses out of the captions, or the rows out of the data.',
    'all',
  ),
  'html-caption': warning(
    'Captions with HTML in them',
    'Tags are read as words. (Entities such as &amp; are no fault: the tokenizer decodes them.)',
    'Take the tags out.',
    'all',
  ),
  'mojibake-caption': warning(
    'Captions with broken characters',
    'Letters are lost, and words with them.',
    'Fetch the captions again, and read and write them as UTF-8.',
    'all',
  ),
  'mended-caption': note(
    'Captions that were read in a wrong encoding, which the tokenizer mends',
    'None here: the tokenizer reads them as they were meant (as ftfy does). Other programs may not.',
    'Write the file anew as UTF-8.',
  ),
  'other-script-caption': note(
    'Captions that are not in Latin letters',
    "OpenAI's models and most of open_clip's have learned English: other scripts take about a token a byte, and start from little.",
    'Translate them, or start from a multilingual model.',
  ),
  'leaked-picture': warning(
    'The same picture in two splits',
    'Validation measures what was learned by heart: its figures are too good, and the best epoch is the one that has learned most by heart.',
    'Take them out of the training data.',
    'what a later split has',
  ),
  'leaked-near-picture': warning(
    'Nearly the same picture in two splits',
    'As for the same picture, if they are copies of each other.',
    'Look at them; take copies out of the training data.',
    'what a later split has',
  ),
  'leaked-caption': warning(
    'The same caption in two splits',
    'Validation asks for captions that were trained on: recall is too good for new ones.',
    'Split by caption, or give captions that shall be in both a concept.',
  ),
  'class-imbalance': warning(
    'Concepts with more than ten times as many pairs as the smallest',
    'What is frequent is learned first; what is rare is taken for it.',
    'Add pairs of the rare ones, or take some of the frequent ones out.',
  ),
  'lone-concept': note(
    'Concepts with a single pair',
    'There is no other right answer to it, so the concept does nothing; and a class with one picture is learned as that picture.',
    'Add pictures, or look whether the name is spelled as elsewhere.',
  ),
};
