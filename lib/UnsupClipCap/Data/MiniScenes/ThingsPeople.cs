namespace UnsupClipCap;

internal static partial class MiniWorld
{
    private static string[] Man => ["man|men", "guy|guys", "person|people"];
    private static string[] Woman => ["woman|women", "lady|ladies", "person|people"];
    private static string[] Shirts => ["blue", "red", "green", "yellow", "purple", "white"];
    private const Places Ways = Places.Land;

    private static Thing Person(string id, Places places, int size, string[] names, string[] verbs, double weight, params string[] sprites) =>
        new(id, "person", ThingKind.Person, places, size, sprites) { Names = names, Verbs = verbs, Weight = weight, MaxCount = 3 };

    // Verbs tell only what the sprite shows: the standing ones stand, the walking ones have a leg before the other.
    private static Thing[] People =>
    [
        Person("man standing", Ways | Places.Room | Places.Bathroom, 34, Man, ["standing"], 2.4, "man-standing-light", "man-standing-medium", "man-standing-dark")
            with { Colours = Shirts, Paint = (200, 18), Wears = true, MaxCount = 5 },
        Person("woman standing", Ways | Places.Room | Places.Bathroom, 34, Woman, ["standing"], 2.4, "woman-standing-light", "woman-standing-medium", "woman-standing-dark")
            with { Colours = Shirts, Paint = (266, 8), Wears = true, MaxCount = 5 },
        Person("man walking", Ways, 32, Man, ["walking"], 1.4, "man-walking-light", "man-walking-dark")
            with { Colours = Shirts, Paint = (199, 18), Wears = true },
        Person("woman walking", Ways, 32, Woman, ["walking"], 1.4, "woman-walking-light", "woman-walking-medium")
            with { Colours = Shirts, Paint = (266, 8), Wears = true },
        Person("man running", Ways, 28, [..Man, "runner|runners"], ["running", "jogging"], 1, "man-running-medium"),
        Person("woman running", Ways, 28, [..Woman, "runner|runners"], ["running", "jogging"], 1, "woman-running-dark"),
        Person("man surfing", Places.Water, 30, ["man|men", "surfer|surfers", "person|people"], ["riding a wave", "surfing", "on a surfboard|on surfboards", "surfing a wave"], 2, "man-surfing-light", "man-surfing-dark")
            with { MaxCount = 2 },
        Person("woman surfing", Places.Water, 30, ["woman|women", "surfer|surfers", "person|people"], ["riding a wave", "surfing", "on a surfboard|on surfboards", "surfing a wave"], 1.5, "woman-surfing-medium")
            with { MaxCount = 2 },
        Person("snowboarder", Places.Snow, 30, ["snowboarder|snowboarders", "person|people"], ["snowboarding", "riding a snowboard|riding snowboards", "on a snowboard|on snowboards"], 3, "snowboarder-light", "snowboarder-dark")
            with { MaxCount = 2 },
        Person("skier", Places.Snow, 30, ["skier|skiers", "person|people"], ["skiing", "on skis", "riding skis"], 4, "skier"),
        Person("man biking", Places.Fields, 30, ["man|men", "cyclist|cyclists", "person|people"], ["riding a bike|riding bikes", "riding a bicycle|riding bicycles", "cycling"], 1.2, "man-biking-light")
            with { Contains = "bicycle" },
        Person("woman biking", Places.Fields, 30, ["woman|women", "cyclist|cyclists", "person|people"], ["riding a bike|riding bikes", "riding a bicycle|riding bicycles", "cycling"], 1.2, "woman-biking-dark")
            with { Contains = "bicycle" },
        Person("man dancing", Places.Room | Places.Street, 32, Man, ["dancing"], .8, "man-dancing-dark"),
        Person("woman dancing", Places.Room | Places.Street, 32, ["woman|women", "lady|ladies"], ["dancing", "dancing in a red dress|dancing in red dresses"], .8, "woman-dancing-light"),
        Person("man swimming", Places.Water, 26, ["man|men", "swimmer|swimmers", "person|people"], ["swimming"], 1, "man-swimming-light"),
        Person("woman swimming", Places.Water, 26, ["woman|women", "swimmer|swimmers", "person|people"], ["swimming"], 1, "woman-swimming-medium"),
        Person("man rowing", Places.Water, 30, ["man|men", "person|people"], ["rowing a boat|rowing boats", "in a green boat|in green boats", "in a small boat|in small boats"], 1, "man-rowing-boat-light")
            with { MaxCount = 2, Contains = "boat" },
        Person("woman rowing", Places.Water, 30, ["woman|women", "person|people"], ["rowing a boat|rowing boats", "in a green boat|in green boats", "in a small boat|in small boats"], 1, "woman-rowing-boat-dark")
            with { MaxCount = 2, Contains = "boat" },
        Person("man golfing", Places.Grass, 32, ["man|men", "golfer|golfers", "person|people"], ["playing golf", "swinging a golf club|swinging golf clubs"], 1, "man-golfing-light") with { MaxCount = 2 },
        Person("woman golfing", Places.Grass, 32, ["woman|women", "golfer|golfers", "person|people"], ["playing golf", "swinging a golf club|swinging golf clubs"], 1, "woman-golfing-medium") with { MaxCount = 2 },
        Person("man with ball", Places.Street | Places.Grass, 30, ["man|men", "basketball player|basketball players", "player|players"], ["playing basketball", "bouncing a ball|bouncing balls", "with a basketball|with basketballs"], .9, "man-bouncing-ball-light")
            with { Contains = "sports ball" },
        Person("woman with ball", Places.Street | Places.Grass, 30, ["woman|women", "basketball player|basketball players", "player|players"], ["playing basketball", "bouncing a ball|bouncing balls", "with a basketball|with basketballs"], .9, "woman-bouncing-ball-dark")
            with { Contains = "sports ball" },
        Person("person in bed", Places.Room, 34, ["person|people", "man|men"], ["lying in a bed", "in bed", "sleeping in a bed"], 1, "person-in-bed-light") with { MaxCount = 1, Contains = "bed" },
        Person("person in bath", Places.Bathroom, 34, ["person|people", "man|men"], ["taking a bath", "in a bathtub", "sitting in a bathtub"], 1.2, "person-taking-bath-light") with { MaxCount = 1, Contains = "bathtub" },
        Person("man on horse", Places.Grass | Places.Street | Places.Beach, 34, ["man|men", "jockey|jockeys", "person|people"], ["riding a horse|riding horses", "on a horse|on horses", "on a brown horse|on brown horses"], 1.1, "horse-racing-light")
            with { MaxCount = 2, Contains = "horse" },
    ];
}
