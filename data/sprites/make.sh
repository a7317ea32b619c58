#!/bin/sh
# Renders the sprites of MiniScenes: the few emoji it uses of Fluent Emoji flat (MIT, see LICENSE), 96 px, transparent.
# Needs npm, node and rsvg-convert (Debian: librsvg2-bin). Run it from anywhere; it writes beside itself.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent @iconify-json/fluent-emoji-flat@1.2.6 >/dev/null
tar xzf ./*.tgz
names='
man-standing-light man-standing-medium man-standing-dark woman-standing-light woman-standing-medium woman-standing-dark
man-walking-light man-walking-dark woman-walking-light woman-walking-medium man-running-medium woman-running-dark
man-surfing-light man-surfing-dark woman-surfing-medium snowboarder-light snowboarder-dark skier man-biking-light woman-biking-dark
man-dancing-dark woman-dancing-light man-swimming-light woman-swimming-medium man-rowing-boat-light woman-rowing-boat-dark
man-golfing-light woman-golfing-medium man-bouncing-ball-light woman-bouncing-ball-dark person-in-bed-light person-taking-bath-light horse-racing-light
dog poodle cat horse cow ewe elephant zebra giraffe dove eagle blackbird duck swan penguin rabbit
automobile taxi bus delivery-truck fire-engine tram motorcycle bicycle airplane small-airplane helicopter
sailboat motor-boat tractor skateboard kite umbrella beach-with-umbrella backpack handbag luggage
vertical-traffic-light stop-sign deciduous-tree evergreen-tree palm-tree snowman-without-snow soccer-ball
chair couch-and-lamp bed toilet bathtub television laptop mobile-phone alarm-clock mantelpiece-clock teddy-bear potted-plant books toothbrush scissors
wine-glass hot-beverage teapot bowl-with-spoon spoon banana red-apple green-apple tangerine sandwich broccoli carrot hot-dog pizza doughnut birthday-cake hamburger
framed-picture
'
node -e '
const icons = require("./package/icons.json").icons;
for (const name of process.argv.slice(1)) {
  if (!icons[name]) throw new Error("The package has no emoji " + name + ".");
  require("fs").writeFileSync(name + ".svg", `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 32 32">${icons[name].body}</svg>`);
}' $names
for name in $names; do rsvg-convert -w 96 -h 96 "$name.svg" -o "$here/$name.png"; done
echo "$(echo $names | wc -w) sprites, $(cat "$here"/*.png | wc -c) bytes"
