namespace UnsupClipCap;

internal static partial class MiniWorld
{
    private static Thing Object(string id, Places places, int size, string names, string verbs, double weight, params string[] sprites) =>
        new(id, id, ThingKind.Object, places, size, sprites) { Names = names.Split(','), Verbs = verbs.Length == 0 ? [] : verbs.Split(','), Weight = weight };

    private static Thing Food(string id, int size, string names, double weight, params string[] sprites) =>
        new(id, id, ThingKind.Food, Places.Food, size, sprites) { Names = names.Split(','), Verbs = ["sitting", "lying"], Weight = weight };

    private static Thing[] Objects =>
    [
        Object("kite", Places.Grass | Places.Beach | Places.Sky, 24, "kite|kites,colorful kite|colorful kites", "flying,flying", 1.3, "kite") with { Floats = true },
        Object("umbrella", Places.Fields | Places.Room, 26, "umbrella|umbrellas,open umbrella|open umbrellas", "", 1.4, "umbrella")
            with { Colours = ["purple", "red", "blue", "green", "black", "yellow"], Paint = (263, 20), Shelter = .5, MaxCount = 3 },
        Object("beach umbrella", Places.Beach, 30, "beach umbrella|beach umbrellas,umbrella|umbrellas,striped umbrella|striped umbrellas", "", 2, "beach-with-umbrella") with { Category = "umbrella", MaxCount = 2 },
        Object("skateboard", Places.Street | Places.Room, 22, "skateboard|skateboards,skate board|skate boards", "", 1, "skateboard") with { MaxCount = 3 },
        Object("soccer ball", Places.Grass | Places.Beach | Places.Street, 16, "soccer ball|soccer balls,ball|balls", "lying,sitting", 1, "soccer-ball") with { Category = "sports ball" },
        Object("backpack", Places.Land | Places.Room, 20, "backpack|backpacks,bag|bags", "sitting", 1, "backpack")
            with { Colours = ["red", "blue", "green", "black", "purple"], Paint = (352, 16), Perches = true },
        Object("handbag", Places.Street | Places.Room | Places.Beach, 18, "handbag|handbags,purse|purses,bag|bags", "sitting", .8, "handbag")
            with { Colours = ["brown", "red", "blue", "green"], Paint = (31, 8), Perches = true },
        Object("suitcase", Places.Street | Places.Room, 22, "suitcase|suitcases,piece of luggage|pieces of luggage", "sitting,standing", 1.1, "luggage")
            with { Colours = ["blue", "red", "green", "orange"], Paint = (194, 14) },
        Object("traffic light", Places.Street, 30, "traffic light|traffic lights,stop light|stop lights,traffic signal|traffic signals", "standing", 1.4, "vertical-traffic-light") with { MaxCount = 2 },
        Object("stop sign", Places.Street, 24, "stop sign|stop signs,red sign|red signs", "standing", 1.2, "stop-sign") with { MaxCount = 2 },
        Object("tree", Places.Grass | Places.Street | Places.Snow, 42, "tree|trees,green tree|green trees", "standing", 1.4, "deciduous-tree") with { Shelter = .62, MaxCount = 3 },
        Object("pine tree", Places.Grass | Places.Snow, 38, "tree|trees,pine tree|pine trees,evergreen tree|evergreen trees", "standing", 1.1, "evergreen-tree") with { Category = "tree" },
        Object("palm tree", Places.Beach, 42, "palm tree|palm trees,palm|palms", "standing", 2, "palm-tree") with { Category = "tree", Shelter = .52, MaxCount = 3 },
        Object("snowman", Places.Snow, 28, "snowman|snowmen", "standing", 2, "snowman-without-snow") with { MaxCount = 3 },
        Object("chair", Places.Room | Places.Grass | Places.Beach, 26, "chair|chairs,wooden chair|wooden chairs", "sitting,standing", 1.6, "chair")
            with { Colours = ["brown", "red", "blue", "white"], Paint = (15, 12), Surface = .6 },
        Object("couch", Places.Room, 36, "couch|couches,sofa|sofas,couch and a lamp|couches and lamps", "sitting", 1.6, "couch-and-lamp")
            with { Colours = ["blue", "red", "green", "purple"], Paint = (224, 14), Surface = .69, MaxCount = 1 },
        Object("bed", Places.Room, 36, "bed|beds", "sitting", 1.6, "bed")
            with { Colours = ["blue", "purple", "red", "green"], Paint = (248, 24), Surface = .53, MaxCount = 2 },
        Object("toilet", Places.Bathroom, 26, "toilet|toilets,white toilet|white toilets", "standing,sitting", 2.2, "toilet") with { Surface = .56, MaxCount = 3 },
        Object("bathtub", Places.Bathroom, 34, "bathtub|bathtubs,bath tub|bath tubs,tub|tubs", "standing,sitting", 2, "bathtub") with { MaxCount = 1 },
        Object("television", Places.Room, 28, "television|televisions,tv|tvs", "sitting", 1.4, "television") with { Surface = .28, MaxCount = 3 },
        Object("laptop", Places.Table | Places.Room, 24, "laptop|laptops,laptop computer|laptop computers,computer|computers", "sitting", 1.5, "laptop") with { MaxCount = 3, Perches = true },
        Object("phone", Places.Table, 18, "cell phone|cell phones,phone|phones,mobile phone|mobile phones", "lying,sitting", 1, "mobile-phone") with { Category = "cell phone" },
        Object("alarm clock", Places.Table | Places.Room, 20, "clock|clocks,alarm clock|alarm clocks", "sitting", .9, "alarm-clock")
            with { Category = "clock", Perches = true },
        Object("clock", Places.Room | Places.Table, 24, "clock|clocks,mantel clock|mantel clocks", "sitting", .6, "mantelpiece-clock") with { MaxCount = 3 },
        Object("teddy bear", Places.Room | Places.Table, 22, "teddy bear|teddy bears,stuffed bear|stuffed bears,toy bear|toy bears", "sitting", 1.5, "teddy-bear") with { Perches = true },
        Object("plant", Places.Room | Places.Kitchen | Places.Table | Places.Bathroom, 22, "potted plant|potted plants,plant|plants,house plant|house plants", "sitting,standing", 1.1, "potted-plant") with { Category = "potted plant" },
        Object("books", Places.Room | Places.Table, 20, "stack of books|stacks of books,pile of books|piles of books", "sitting", 1, "books") with { Category = "book", Perches = true, MaxCount = 2 },
        Object("toothbrush", Places.Bathroom, 20, "toothbrush|toothbrushes,tooth brush|tooth brushes", "lying", 1.2, "toothbrush")
            with { Colours = ["red", "blue", "green", "purple"], Paint = (1, 12) },
        Object("scissors", Places.Table, 20, "pair of scissors|pairs of scissors", "lying,sitting", .9, "scissors") with { MaxCount = 3 },
        Object("wine glass", Places.Food, 24, "wine glass|wine glasses,glass of wine|glasses of wine", "standing,sitting", 1.2, "wine-glass"),
        Object("cup", Places.Food, 20, "cup of coffee|cups of coffee,coffee cup|coffee cups,cup|cups", "sitting", 1.5, "hot-beverage") with { Category = "cup" },
        Object("teapot", Places.Food, 22, "teapot|teapots,tea pot|tea pots", "sitting", .9, "teapot")
            with { Colours = ["red", "blue", "green", "white"], Paint = (355, 16), MaxCount = 3 },
        Object("bowl", Places.Food, 22, "bowl|bowls,bowl with a spoon|bowls with spoons", "sitting", 1, "bowl-with-spoon")
            with { Colours = ["blue", "red", "green", "yellow"], Paint = (195, 14) },
        Object("spoon", Places.Food, 18, "spoon|spoons,metal spoon|metal spoons", "lying", .7, "spoon"),
        Food("banana", 20, "banana|bananas,banana|bananas,yellow banana|yellow bananas,piece of fruit|pieces of fruit", 1.4, "banana"),
        Food("red apple", 17, "apple|apples,red apple|red apples,piece of fruit|pieces of fruit", .8, "red-apple") with { Category = "apple" },
        Food("green apple", 17, "apple|apples,green apple|green apples,piece of fruit|pieces of fruit", .6, "green-apple") with { Category = "apple" },
        Food("orange", 17, "orange|oranges,orange|oranges,piece of fruit|pieces of fruit", 1, "tangerine"),
        Food("sandwich", 22, "sandwich|sandwiches", 1.2, "sandwich"),
        Food("broccoli", 18, "piece of broccoli|pieces of broccoli,green vegetable|green vegetables,vegetable|vegetables", 1, "broccoli"),
        Food("carrot", 18, "carrot|carrots,carrot|carrots,vegetable|vegetables", 1, "carrot"),
        Food("hot dog", 22, "hot dog|hot dogs,hot dog with mustard|hot dogs with mustard", 1.2, "hot-dog"),
        Food("pizza", 22, "slice of pizza|slices of pizza,piece of pizza|pieces of pizza", 1.6, "pizza"),
        Food("donut", 19, "donut|donuts,doughnut|doughnuts,chocolate donut|chocolate donuts", 1.3, "doughnut"),
        Food("cake", 24, "cake|cakes,birthday cake|birthday cakes,dessert|desserts", 1.3, "birthday-cake") with { MaxCount = 3 },
        Food("hamburger", 21, "hamburger|hamburgers,burger|burgers", 1, "hamburger"),
    ];
}
