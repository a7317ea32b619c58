namespace UnsupClipCap;

internal static partial class MiniWorld
{
    private static Thing Animal(string id, Places places, int size, string names, string verbs, double weight, params string[] sprites) =>
        new(id, id, ThingKind.Animal, places, size, sprites) { Names = [.. names.Split(','), "animal|animals"], Verbs = verbs.Split(','), Weight = weight };

    private static Thing[] Animals =>
    [
        Animal("dog", Places.Land | Places.Room | Places.Bathroom, 22, "dog|dogs,dog|dogs,puppy|puppies", "standing,walking", 3, "dog")
            with { Colours = ["brown", "black", "white", "gray"], Paint = (32, 14), Perches = true },
        Animal("poodle", Places.Grass | Places.Street | Places.Room, 22, "dog|dogs,poodle|poodles", "standing", .7, "poodle")
            with { Category = "dog", Perches = true },
        Animal("cat", Places.Grass | Places.Street | Places.Room | Places.Bathroom, 20, "cat|cats,cat|cats,kitty|kitties,kitten|kittens", "standing", 2.6, "cat")
            with { Colours = ["orange", "black", "white", "gray"], Paint = (32, 14), Perches = true },
        Animal("horse", Places.Fields | Places.Snow, 30, "horse|horses", "standing,walking,trotting", 1.8, "horse")
            with { Colours = ["brown", "black", "white"], Paint = (15, 12) },
        Animal("cow", Places.Grass | Places.Street | Places.Snow | Places.Beach, 28, "cow|cows,cow|cows", "standing,walking", 1.6, "cow"),
        Animal("sheep", Places.Grass | Places.Snow, 24, "sheep|sheep,sheep|sheep,white sheep|white sheep", "standing", 1.5, "ewe"),
        Animal("elephant", Places.Grass | Places.Street | Places.Beach, 36, "elephant|elephants,elephant|elephants,gray elephant|gray elephants", "standing,walking", 1.4, "elephant") with { MaxCount = 2 },
        Animal("zebra", Places.Grass, 28, "zebra|zebras,striped zebra|striped zebras", "standing,walking", 1.4, "zebra"),
        Animal("giraffe", Places.Grass, 36, "giraffe|giraffes,tall giraffe|tall giraffes", "standing,walking", 1.6, "giraffe"),
        Animal("bird flying", Places.Open, 22, "bird|birds,white bird|white birds,dove|doves", "flying,flying", .5, "dove") with { Category = "bird", Floats = true },
        Animal("eagle", Places.Open, 24, "bird|birds,eagle|eagles", "flying,flying", .5, "eagle") with { Category = "bird", Floats = true, MaxCount = 3 },
        Animal("blackbird", Places.Land | Places.Room, 17, "bird|birds,small bird|small birds", "standing,perched", .9, "blackbird")
            with { Category = "bird", Perches = true, Colours = ["purple", "black", "blue"], Paint = (262, 40) },
        Animal("duck", Places.Water | Places.Grass | Places.Beach, 20, "duck|ducks,duck|ducks,bird|birds", "standing", 1.1, "duck") with { Category = "bird" },
        Animal("swan", Places.Water, 24, "swan|swans,white swan|white swans,white bird|white birds,bird|birds", "floating,swimming", 1.6, "swan") with { Category = "bird" },
        Animal("penguin", Places.Snow, 22, "penguin|penguins,penguin|penguins,bird|birds", "standing", 1.6, "penguin"),
        Animal("rabbit", Places.Grass | Places.Snow | Places.Room, 19, "rabbit|rabbits,bunny|bunnies,white rabbit|white rabbits", "sitting", .9, "rabbit") with { Perches = true },
    ];
}
