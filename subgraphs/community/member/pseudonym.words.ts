/** What made-up pseudonyms are made of: friendly, short, nobody's name, no illness and no place. */

export const ADJECTIVES: readonly string[] = (
  'Amber Azure Blithe Brave Bright Brisk Calm Candid Cheerful Clear Clever Cosy Curious Dappled Daring Eager ' +
  'Earnest Fair Gentle Glad Golden Happy Hearty Hopeful Humble Jolly Keen Kind Lively Lucky Mellow Merry ' +
  'Mild Nimble Patient Peaceful Placid Playful Quiet Ready Rosy Serene Silver Steady Sunny Tender Warm Wise'
).split(' ');

export const NOUNS: readonly string[] = (
  'Acorn Badger Bamboo Beaver Birch Brook Camel Cedar Clover Cloud Crane Cricket Dolphin Dove Egret Falcon ' +
  'Fern Finch Forest Gecko Ginkgo Harbour Heron Island Kite Koala Lantern Lark Lotus Magpie Maple Meadow ' +
  'Orchard Otter Panda Pebble Pine Plum Rabbit River Robin Seal Sparrow Swallow Tortoise Turtle Willow Wren'
).split(' ');
