import type { Concept } from './concepts.ts';

/** A kind of things, and words for it that are no thing's own name. */
export type Kind = { subgroups: readonly string[]; having?: RegExp; phrases: readonly string[] };

/** By emojibase's subgroups; `having` narrows them to things with such a word in the label or among the tags. */
export const kinds: readonly Kind[] = [
  {
    subgroups: ['smiling', 'affectionate', 'cat faces'],
    having: /smil|grin|happy|joy/,
    phrases: ['happy', 'a happy face', 'joy', 'someone happy'],
  },
  { subgroups: ['affectionate', 'hearts'], phrases: ['love', 'in love', 'affection'] },
  {
    subgroups: ['concerned', 'negative', 'neutral / skeptical'],
    having: /sad|cry|frown|tear|disappoint/,
    phrases: ['sad', 'a sad face', 'someone unhappy'],
  },
  {
    subgroups: ['negative', 'concerned', 'cat faces', 'costumed & creatures'],
    having: /angry|rage|mad|swear|pout/,
    phrases: ['angry', 'someone angry', 'rage'],
  },
  {
    subgroups: ['cat faces', 'mammals', 'marine life', 'reptiles', 'bugs'],
    having: /angry|pout|fight|shark|crocodile|scorpion|wolf|tiger|lion|bull\b|boar|gorilla|t-rex|snake|bear/,
    phrases: ['an angry animal', 'a dangerous animal', 'a wild beast'],
  },
  { subgroups: ['concerned'], having: /fear|scared|scream|anxious|worried/, phrases: ['fear', 'someone scared'] },
  { subgroups: ['sleepy', 'unwell'], phrases: ['not well', 'tired or ill'] },
  { subgroups: ['unwell', 'medical'], phrases: ['illness', 'something about health', 'sick'] },
  {
    subgroups: [
      'smiling',
      'affectionate',
      'with tongue',
      'with hands',
      'neutral / skeptical',
      'sleepy',
      'unwell',
      'with hats',
      'with glasses',
      'concerned',
      'negative',
    ],
    phrases: ['a face', 'a yellow face', 'an expression', 'a smiley'],
  },
  { subgroups: ['costumed & creatures', 'fantasy'], phrases: ['a creature', 'something from a fairy tale', 'fantasy'] },
  {
    subgroups: ['cat faces', 'monkey faces', 'mammals', 'birds', 'amphibians', 'reptiles', 'marine life', 'bugs'],
    phrases: ['an animal', 'animals', 'a living thing'],
  },
  { subgroups: ['mammals'], phrases: ['a mammal', 'an animal with fur', 'a four-legged animal'] },
  {
    subgroups: ['mammals', 'birds'],
    having: /farm|cow|pig|sheep|goat|horse|chicken|rooster|donkey|duck/,
    phrases: ['a farm animal'],
  },
  {
    subgroups: ['mammals', 'cat faces', 'birds', 'marine life'],
    having: /pet|dog|cat|rabbit|hamster|poodle|parrot/,
    phrases: ['a pet'],
  },
  { subgroups: ['birds'], phrases: ['a bird', 'an animal that flies', 'birds'] },
  { subgroups: ['reptiles', 'amphibians'], phrases: ['a reptile', 'a cold-blooded animal'] },
  { subgroups: ['marine life'], phrases: ['a sea animal', 'an animal that lives in water', 'something that swims'] },
  { subgroups: ['bugs'], phrases: ['an insect', 'a bug', 'a small animal that crawls'] },
  { subgroups: ['flowers', 'other plants'], phrases: ['a plant', 'plants', 'something that grows'] },
  { subgroups: ['flowers'], phrases: ['a flower', 'flowers'] },
  {
    subgroups: ['fruit', 'vegetables', 'cooked / prepared', 'asian', 'seafood', 'sweets & candy'],
    phrases: ['something to eat', 'food', 'a meal'],
  },
  { subgroups: ['fruit'], phrases: ['a fruit', 'fruit'] },
  { subgroups: ['vegetables'], phrases: ['a vegetable', 'vegetables'] },
  { subgroups: ['sweets & candy'], phrases: ['something sweet', 'a dessert', 'sweets'] },
  { subgroups: ['seafood', 'marine life'], having: /shrimp|crab|lobster|oyster|squid|fish/, phrases: ['seafood'] },
  { subgroups: ['drink'], phrases: ['something to drink', 'a drink', 'a beverage', 'drinks'] },
  {
    subgroups: ['drink'],
    having: /beer|wine|alcohol|cocktail|sake|bar\b/,
    phrases: ['alcohol', 'a drink with alcohol'],
  },
  {
    subgroups: ['dishware', 'household items'],
    phrases: ['a thing of the house', 'something for the kitchen or the bath'],
  },
  {
    subgroups: ['globes & maps', 'geographic locations', 'other places'],
    phrases: ['a place', 'a landscape', 'somewhere to travel to'],
  },
  { subgroups: ['buildings', 'religious buildings'], phrases: ['a building', 'a house', 'architecture'] },
  {
    subgroups: ['ground transportation', 'water transportation', 'air transportation'],
    phrases: ['a vehicle', 'vehicles', 'transport', 'something to travel with'],
  },
  {
    subgroups: ['ground transportation'],
    having: /car|bus|taxi|truck|auto|vehicle/,
    phrases: ['a car', 'a vehicle on the road'],
  },
  { subgroups: ['ground transportation'], having: /train|rail|tram/, phrases: ['a train', 'a vehicle on rails'] },
  { subgroups: ['water transportation'], phrases: ['a boat', 'a vehicle on the water'] },
  { subgroups: ['air transportation'], phrases: ['something that flies', 'air travel'] },
  { subgroups: ['time'], phrases: ['the time', 'a clock'] },
  {
    subgroups: ['weather'],
    having: /rain|snow|storm|lightning|thunder|tornado|fog|cyclone|wind|cold|umbrella/,
    phrases: ['bad weather', 'rain or snow', 'stormy weather'],
  },
  { subgroups: ['weather'], having: /sun|rainbow/, phrases: ['good weather', 'sunshine'] },
  {
    subgroups: ['weather'],
    having: /moon|star|planet|comet|galaxy/,
    phrases: ['the night sky', 'something in the sky at night'],
  },
  { subgroups: ['weather'], phrases: ['the weather', 'the sky'] },
  { subgroups: ['events & holidays', 'award medals'], phrases: ['a celebration', 'a party', 'a holiday'] },
  { subgroups: ['events & holidays'], having: /christmas|santa/, phrases: ['Christmas'] },
  { subgroups: ['sports', 'athletics'], phrases: ['sport', 'a sport', 'exercise'] },
  { subgroups: ['games & hobbies', 'arts & crafts'], phrases: ['a game', 'a toy', 'a hobby'] },
  { subgroups: ['clothing'], phrases: ['something to wear', 'clothes', 'things to wear', 'clothing'] },
  { subgroups: ['clothing'], having: /shoe|boot|sandal|slipper/, phrases: ['shoes', 'something for the feet'] },
  { subgroups: ['clothing'], having: /hat|cap|helmet|crown/, phrases: ['a hat', 'something for the head'] },
  { subgroups: ['music', 'musical instruments', 'sound'], phrases: ['music', 'sound', 'something that makes a sound'] },
  { subgroups: ['musical instruments'], phrases: ['a musical instrument', 'an instrument'] },
  { subgroups: ['phone', 'computer', 'light, film & video'], phrases: ['a device', 'electronics', 'technology'] },
  {
    subgroups: ['books & paper', 'writing', 'office supplies', 'mail'],
    phrases: ['paper', 'something for the office', 'something to write or read'],
  },
  { subgroups: ['money', 'currencies'], phrases: ['money', 'something of value'] },
  { subgroups: ['tools', 'lock & keys', 'science equipment'], phrases: ['a tool', 'tools', 'equipment'] },
  {
    subgroups: ['tools'],
    having: /weapon|gun|sword|knife|dagger|bomb|bow|fight/,
    phrases: ['a weapon', 'something dangerous'],
  },
  { subgroups: ['roles & careers'], phrases: ['a job', 'someone at work', 'a profession'] },
  {
    subgroups: ['people', 'gestures', 'roles & careers', 'activities', 'resting'],
    phrases: ['a person', 'people', 'a human being'],
  },
  { subgroups: ['family'], phrases: ['relatives', 'people together', 'several people'] },
  {
    subgroups: ['fingers open', 'hand signs', 'finger pointing', 'fingers closed', 'hands', 'hand props'],
    phrases: ['a hand', 'hands', 'a gesture with the hand'],
  },
  { subgroups: ['body parts'], phrases: ['a part of the body', 'body parts'] },
  {
    subgroups: [
      'transport signs',
      'warning symbols',
      'arrows',
      'religious symbols',
      'zodiac signs',
      'audio & video symbols',
      'gender signs',
      'math symbols',
      'punctuation',
      'currencies',
      'other symbols',
      'keypad characters',
      'alphanumeric symbols',
    ],
    phrases: ['a symbol', 'a sign', 'an icon'],
  },
  { subgroups: ['arrows'], phrases: ['an arrow', 'a direction'] },
  { subgroups: ['warning symbols'], phrases: ['a warning', 'something forbidden'] },
  { subgroups: ['religious symbols', 'religious buildings'], phrases: ['religion', 'faith'] },
  { subgroups: ['shapes & colors'], phrases: ['a shape', 'a colour', 'geometry'] },
  { subgroups: ['other flags', 'country flags', 'subdivision flags'], phrases: ['a flag', 'flags'] },
  { subgroups: ['country flags'], phrases: ['a country', 'a nation'] },
];

/** @returns indices of the kinds that a thing is of */
export function kindsOf({ label, tags, subgroup }: Concept): number[] {
  return [...kinds.entries()]
    .filter(
      ([, { subgroups, having }]) =>
        subgroups.includes(subgroup) && (!having || [label, ...tags].some((word) => having.test(word))),
    )
    .map(([index]) => index);
}
