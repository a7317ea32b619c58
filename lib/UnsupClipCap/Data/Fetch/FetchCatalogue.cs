namespace UnsupClipCap;

/// <summary>
/// What can be fetched, by name. The addresses are those that the makers' pages and public code name; this project was written on a machine without a network, so <b>no
/// address was run here</b> (<see cref="FetchFile.IsTried"/>). Digests are the makers' own where the address carries one (OpenAI), those that public code checks for (COCO,
/// Karpathy, Flickr8k, GPT-2), and those of the copies that the tests here read (METEOR, Modality-Gap, captions, id lists). Where there is none, the digest found is
/// recorded beside the file.
/// </summary>
public static class FetchCatalogue
{
    private const string OpenAI = "https://openaipublic.azureedge.net/clip/models", Raw = "https://raw.githubusercontent.com", Face = "https://huggingface.co",
        // The bucket's own host: the certificate of images.cocodataset.org does not hold.
        Coco = "https://s3.amazonaws.com/images.cocodataset.org";

    private const string CocoTerms = "captions CC BY 4.0 (COCO Consortium)", FlickrTerms = "non-commercial research and education only; the photographs belong to their Flickr authors";

    private static readonly FetchFile ClipVocabulary = new($"{Raw}/openai/CLIP/main/clip/bpe_simple_vocab_16e6.txt.gz", "tokenizers/clip/bpe_simple_vocab_16e6.txt.gz")
    { Size = 1_356_917, Sha256 = "924691ac288e54409236115652ad4aa250f48203de50a9e4722a6ecd48d6804a" };

    /// <summary>All of it.</summary>
    public static IReadOnlyList<FetchItem> All { get; } =
    [
        Clip("clip-vit-b32", "ViT-B/32, the encoder of ClipCap, MAGIC and CLIPScore", "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af/ViT-B-32.pt", 353_976_522),
        Clip("clip-vit-b16", "ViT-B/16", "5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f/ViT-B-16.pt", 350_837_078),
        Clip("clip-rn50x4", "RN50x4, the encoder of CapDec", "7e526bd135e493cef0776de27d5f42653e6b4c8bf9e0f653bb11773263205fdd/RN50x4.pt", null),
        new("gpt2", "GPT-2 small (124M): weights, vocabulary and merges", "MIT (OpenAI)",
        [
            new($"{Face}/openai-community/gpt2/resolve/main/config.json", "gpt2/config.json"),
            new($"{Face}/openai-community/gpt2/resolve/main/vocab.json", "gpt2/vocab.json") { Size = 1_042_301, Sha256 = "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783" },
            new($"{Face}/openai-community/gpt2/resolve/main/merges.txt", "gpt2/merges.txt") { Size = 456_318, Sha256 = "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5" },
            new($"{Face}/openai-community/gpt2/resolve/main/model.safetensors", "gpt2/model.safetensors") { Size = 548_105_171, Sha256 = "248dfc3911869ec493c76e65bf2fcf7f615828b0254c12b473182f0f81d3a707" },
        ]),
        new("clipcap-coco", "ClipCap's captioner trained on COCO: MLP of prefix 10 and GPT-2", "MIT (code of ClipCap); no licence is stated for the weights",
        [
            new($"{Face}/akhaliq/CLIP-prefix-captioning-COCO-weights/resolve/main/coco_weights.pt", "clipcap/coco_weights.pt"),
        ])
        {
            Note = "The authors keep it on Google Drive (https://drive.google.com/file/d/1IdaBtMSvtyzF0ByVaBHtvM0JYSXRExRX/view), which only a person in a browser can fetch from; " +
                "the address here is a copy that another person put up. Their transformer mapper over a frozen GPT-2 is there too (https://drive.google.com/file/d/1GYPToCqFREwi285wPLhuVExlz7DDUDfJ/view): download it by hand to clipcap/coco_transformer.pt.",
        },
        new("coco", "MS-COCO 2014: all captions of train and val (82,783 + 40,504 images), and the ids of Karpathy's validation and test images", $"{CocoTerms}; id lists MIT",
        [
            new($"{Raw}/peteanderson80/bottom-up-attention/1ba7086f29cc0949235fa150095c6424b715afe9/data/genome/coco_splits/karpathy_val_images.txt", "coco/karpathy_val_images.txt")
            { Size = 229_080, Sha256 = "4c22366c8366e0372389968778e859124de9430bea992ace65e6131c639888eb", IsReadPacked = true },
            new($"{Raw}/peteanderson80/bottom-up-attention/1ba7086f29cc0949235fa150095c6424b715afe9/data/genome/coco_splits/karpathy_test_images.txt", "coco/karpathy_test_images.txt")
            { Size = 229_028, Sha256 = "7ead9f8660c2b7aceee4fdd27e3631aebe6c3bb80c8da911427e15a6821421fa", IsReadPacked = true },
            new($"{Coco}/annotations/annotations_trainval2014.zip", "coco/annotations_trainval2014.zip")
            {
                Size = 252_872_794,
                Md5 = "0a379cfc70b0e71301e0f377548639bd",
                Parts =
                [
                    new("annotations/captions_train2014.json", "coco/captions_train2014.json") { Sha256 = "e744c9789d675cfc595037e476777690bc675886e20235299242797db22a8c8c", IsReadPacked = true, CopySha256 = "6a24f59f17bdecb0b60bf299963c0e4e8345983405905a4e20230b055222fd77" },
                    new("annotations/captions_val2014.json", "coco/captions_val2014.json") { Sha256 = "2edc95635ea07868f0ee300bd29b31f4498cd82aa9e99943308be981b8317f95", IsReadPacked = true, CopySha256 = "14ebad0ef1a546782a6a77d533c413e8a46ae179d7476872da91edb03c67d38d" },
                ],
            },
        ]) { Note = "The photographs are a choice of their own: coco-images." },
        new("coco-images", "MS-COCO 2014: the 123,287 photographs of train and val", "each photograph under the licence of its Flickr author, as the annotations tell",
        [
            new($"{Coco}/zips/val2014.zip", "coco/val2014.zip") { Size = 6_645_013_297, Md5 = "a3d79f5ed8d289b7a7554ce06a5782b3", Parts = [new("val2014/", "coco/val2014")] },
            new($"{Coco}/zips/train2014.zip", "coco/train2014.zip") { Size = 13_510_573_713, Md5 = "0da8c0bd3d6becc4dcb32757491aca88", Parts = [new("train2014/", "coco/train2014")] },
        ]) { Note = "20 GB to fetch, and twice that on the disk while it is unpacked." },
        new("flickr30k-captions", "Flickr30k: five captions of each photograph, and the Karpathy-sized split 29,000 / 1,014 / 1,000", FlickrTerms,
        [
            new($"{Raw}/multi30k/dataset/master/data/task1/image_splits/train.txt", "flickr30k/train_images.txt") { Size = 427_810, Sha256 = "97ee57e160a46c7d0e75298ebf57967e1245698a6f8806436ff07e61d1a41221", IsReadPacked = true },
            new($"{Raw}/multi30k/dataset/master/data/task1/image_splits/val.txt", "flickr30k/val_images.txt") { Size = 14_966, Sha256 = "db26f03eaf833ec47bfaea129ed053b68cbcfc5d1f9a09c4cdf7c88fbfea7108", IsReadPacked = true },
            new($"{Raw}/multi30k/dataset/master/data/task1/image_splits/test_2016_flickr.txt", "flickr30k/test_images.txt") { Size = 14_756, Sha256 = "871e8ecafc66fb13e044ecccf669d04a865b4c58553227df86b933f0337a1563", IsReadPacked = true },
            new("https://shannon.cs.illinois.edu/DenotationGraph/data/flickr30k.tar.gz", "flickr30k/flickr30k.tar.gz") { Parts = [new("results_20130124.token", "flickr30k/results.token") { IsReadPacked = true }] },
        ]) { Note = "If the captions' host asks for an agreement, get flickr30k.tar.gz through https://shannon.cs.illinois.edu/DenotationGraph/; the same captions and split are in 'karpathy' too." },
        new("flickr30k-images", "Flickr30k: the 31,783 photographs", FlickrTerms,
        [
            new(null, "flickr30k/flickr30k-images.tar.gz")
            {
                ByHand = "Their makers want to know who uses them: fill in the form at https://shannon.cs.illinois.edu/DenotationGraph/ and download flickr30k-images.tar.gz (4.4 GB) from the address that is sent.",
                Parts = [new("flickr30k-images/", "flickr30k/images")],
            },
        ]) { Note = "Needs a person." },
        new("flickr8k", "Flickr8k: 8,091 photographs, five captions of each, and the split", FlickrTerms,
        [
            new("https://github.com/jbrownlee/Datasets/releases/download/Flickr8k/Flickr8k_text.zip", "flickr8k/Flickr8k_text.zip")
            {
                Md5 = "bf6c1abcb8e4a833b7f922104de18627",
                Parts =
                [
                    new("Flickr8k.token.txt", "flickr8k/captions.token"),
                    new("Flickr_8k.trainImages.txt", "flickr8k/train_images.txt"),
                    new("Flickr_8k.devImages.txt", "flickr8k/dev_images.txt"),
                    new("Flickr_8k.testImages.txt", "flickr8k/test_images.txt"),
                ],
            },
            new("https://github.com/jbrownlee/Datasets/releases/download/Flickr8k/Flickr8k_Dataset.zip", "flickr8k/Flickr8k_Dataset.zip")
            { Md5 = "f18a1e2920de5bd84dae7cf08ec78978", Parts = [new("Flicker8k_Dataset/", "flickr8k/images")] },       // the archive's own spelling
        ]) { Note = "Captions and photographs (1.1 GB); the embeddings that the preset 'flickr8k' reads are not published." },
        new("karpathy", "Karpathy's splits and captions of COCO, Flickr30k and Flickr8k (dataset_*.json)", $"{CocoTerms}; Flickr's: {FlickrTerms}",
        [
            new("https://cs.stanford.edu/people/karpathy/deepimagesent/caption_datasets.zip", "karpathy/caption_datasets.zip")
            {
                Size = 36_745_453,
                Sha256 = "4cfd70132527b80933105e5829dc9034eaab9573482e2e680abbab6130244817",
                Parts =
                [
                    new("dataset_coco.json", "karpathy/dataset_coco.json") { Size = 144_186_139, IsReadPacked = true },
                    new("dataset_flickr30k.json", "karpathy/dataset_flickr30k.json") { Size = 38_318_553, IsReadPacked = true },
                    new("dataset_flickr8k.json", "karpathy/dataset_flickr8k.json") { Size = 9_035_673, IsReadPacked = true },
                ],
            },
        ]),
        new("meteor", "METEOR 1.5's paraphrases and function words", "LGPL 2.1 (Carnegie Mellon University)",
        [
            // The words first: the table is taken as the sign that both are there.
            new($"{Raw}/tylin/coco-caption/master/pycocoevalcap/meteor/meteor-1.5.jar", "meteor/meteor-1.5.jar")
            { Parts = [new("function/english.words", "meteor/function-english.words") { Size = 373, Sha256 = "2ae0d5b8c29e2993a0f442b065b946d1a17fbfe8538e66bf5931c4a248cf4c3a" }] },
            new($"{Raw}/cmu-mtlab/meteor/master/data/paraphrase-en.gz", "meteor/paraphrase-en.gz") { Size = 61_813_011, Sha256 = "c147ac7d2c91f2fbb3ad31e4b352235061eb83145e0434daf217ee9ca5975f48" },
        ]) { Note = "The whole is also at https://www.cs.cmu.edu/~alavie/METEOR/download/meteor-1.5.tar.gz." },
        new("coco500", "500 real pairs of CLIP ViT-B/16 embeddings of COCO val2017 (float32, (2, 500, 512)), and val2017's captions", $"embeddings MIT (Modality-Gap, Liang et al., 2022); {CocoTerms}",
        [
            new($"{Raw}/Weixin-Liang/Modality-Gap/8e20cb24efa4c5f89aad694f2f65eb43ffc46d10/Figure_1_Modality_Gap/features_clip.npy", "clip_vitb16_coco500/features_clip.npy")
            { Size = 2_048_128, Sha256 = "7227280ace0f145d2c45afa8ab507a1cb280e9460aa271fe9052d08e35342adb" },
            new($"{Coco}/annotations/annotations_trainval2017.zip", "coco/annotations_trainval2017.zip")
            {
                Size = 252_907_541,
                Sha256 = "113a836d90195ee1f884e704da6304dfaaecff1f023f49b6ca93c4aaae470268",
                Parts = [new("annotations/captions_val2017.json", "coco/captions_val2017.json") { Size = 3_872_493, Sha256 = "1018a8760deaf1fc71be2f1b8da1a1348b9c35994af4322ca2fd795a78abb79c" }],
            },
        ]),
        new("magic-results", "MAGIC's own captions of Karpathy's test images, with those of ZeroCap and of retrieval by CLIP, to score beside ours", "no licence is stated; for comparison only",
            [.. Magic("mscoco", "172625001fdd9083cdfbe148f15cc11f512b7357", "magic_result.json"), .. Magic("mscoco", "23fc9666c4ff04dcc3db29fa4b228c434f9d0d1f", "baselines/zerocap_result.json"),
                .. Magic("mscoco", "5ef5b3ae62e141efdcc161812e706b1acca2ef21", "baselines/mscoco_in_domain_clipretrieval.json"),
                .. Magic("flickr30k", "96dbcc8670dc51cb1e54c95dc4289e0fb1ac0639", "magic_result.json"), .. Magic("flickr30k", "55580b16a1636aa58db9d4438634070ebab26245", "baselines/zerocap_result.json"),
                .. Magic("flickr30k", "30a4aadd98a54741713bf1e5ed2f29a261077968", "baselines/flickr30k_in_domain_clipretrieval.json")]),
    ];

    /// <summary>What bears this name.</summary>
    /// <exception cref="UserException">Nothing does: lists the names and the nearest.</exception>
    public static FetchItem Find(string name) => All.FirstOrDefault(i => i.Name == name) ?? throw new UserException(
        $"There is nothing called '{name}' to fetch.{(Spelling.Nearest(name, All.Select(i => i.Name)) is { } near ? $" Did you mean '{near}'?" : "")} There are {string.Join(", ", All.Select(i => i.Name))}.");

    private static FetchItem Clip(string name, string what, string path, long? size) => new(name, $"OpenAI's CLIP {what}", "MIT (OpenAI)",
        [ClipVocabulary, new($"{OpenAI}/{path}", $"clip/{path[(path.IndexOf('/') + 1)..]}") { Size = size, Sha256 = path[..path.IndexOf('/')] }]);

    private static IEnumerable<FetchFile> Magic(string data, string commit, string file) =>
        [new($"{Raw}/yxuansu/MAGIC/{commit}/image_captioning/inference_result/{data}/{file}", $"magic/{data}/{file[(file.IndexOf('/') + 1)..]}")];
}
